"""Addresses of the editor. The conversation's own pages are in `conversations`."""

from django.urls import path

from .views import (
    events,
    help,
    images,
    inspector,
    page,
    proposals,
    runs,
    settings,
    timeline,
    turns,
    writing,
)

app_name = "editor"

turn_urls = [
    path("c/<uuid:pk>/turns/", writing.add, name="turns"),
    path("c/<uuid:pk>/turns/<slug:slot>/", turns.turn, name="turn"),
    path("c/<uuid:pk>/turns/<slug:slot>/edit/", turns.edit, name="edit"),
    path("c/<uuid:pk>/turns/<slug:slot>/insert/", turns.insert, name="insert"),
    path(
        "c/<uuid:pk>/turns/<slug:slot>/blocks/<int:index>/", images.block, name="block"
    ),
]

change_urls = [
    path("c/<uuid:pk>/system/", settings.system, name="system"),
    path("c/<uuid:pk>/settings/", settings.setting, name="settings"),
    path("c/<uuid:pk>/send/", writing.send, name="send"),
    path("c/<uuid:pk>/continue/", writing.go_on, name="continue"),
    path("c/<uuid:pk>/undo/", timeline.undo, name="undo"),
    path("c/<uuid:pk>/redo/", timeline.redo, name="redo"),
    path("c/<uuid:pk>/fix/", proposals.fix, name="fix"),
    path("c/<uuid:pk>/models/", settings.models, name="models"),
    path("c/<uuid:pk>/port/", proposals.port, name="port"),
    path("c/<uuid:pk>/images/", images.images, name="images"),
    path("c/<uuid:pk>/images/<int:image_pk>/", images.image, name="image"),
    path("c/<uuid:pk>/estimate/", writing.estimate, name="estimate"),
]

panel_urls = [
    path("c/<uuid:pk>/patch/", page.changes, name="patch"),
    path("c/<uuid:pk>/request/", inspector.request_panel, name="request"),
    path("c/<uuid:pk>/reply/", inspector.reply_panel, name="reply"),
    path("c/<uuid:pk>/history/", inspector.history_panel, name="history"),
]

run_urls = [
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/stop/", runs.stop, name="stop"),
    path("runs/<int:pk>/use/", runs.use, name="use"),
]

urlpatterns = [
    path("c/<uuid:pk>/", page.show, name="show"),
    path("c/<uuid:pk>/events", events.events, name="events"),
    *turn_urls,
    *change_urls,
    *panel_urls,
    *run_urls,
    path("help/rules/", help.rules, name="rules"),
]
