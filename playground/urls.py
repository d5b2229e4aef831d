"""Which address is answered by what. Rooms keep their own lists."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from .health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
