"""Which address is answered by what. Rooms keep their own lists."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from .health import healthz

handler400 = "playground.errors.bad_request"
handler403 = "playground.errors.permission_denied"
handler404 = "playground.errors.page_not_found"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", include("conversations.urls")),
    path("", include("playground.editor.urls")),
    path("simulator/", include("playground.simulator.urls")),
]
