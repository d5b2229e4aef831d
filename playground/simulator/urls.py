"""The simulator as an Anthropic base URL: everything below it goes to the engine."""

from django.urls import path

from playground.simulator import views

app_name = "simulator"
urlpatterns = [path("<path:path>", views.simulator, name="simulator")]
