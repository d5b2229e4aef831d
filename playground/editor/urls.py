"""Addresses of the editor. The conversation's own pages are in `conversations`."""

from django.urls import path

from .views import (
    comparing,
    differences,
    downloads,
    endings,
    events,
    groups,
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
    path("c/<uuid:pk>/turns/<slug:slot>/answer/", endings.answer, name="answer"),
    path(
        "c/<uuid:pk>/turns/<slug:slot>/segments/<int:index>/",
        endings.segment,
        name="segment",
    ),
    path(
        "c/<uuid:pk>/turns/<slug:slot>/images/",
        images.turn_images,
        name="turn-images",
    ),
    path(
        "c/<uuid:pk>/turns/<slug:slot>/blocks/<slug:place>/", images.block, name="block"
    ),
]

change_urls = [
    path("c/<uuid:pk>/system/", settings.system, name="system"),
    path("c/<uuid:pk>/settings/", settings.setting, name="settings"),
    path("c/<uuid:pk>/send/", writing.send, name="send"),
    path("c/<uuid:pk>/continue/", endings.go_on, name="continue"),
    path("c/<uuid:pk>/again/", endings.again, name="again"),
    path("c/<uuid:pk>/replies/", writing.times, name="times"),
    path("c/<uuid:pk>/undo/", timeline.undo, name="undo"),
    path("c/<uuid:pk>/redo/", timeline.redo, name="redo"),
    path("c/<uuid:pk>/fix/", proposals.fix, name="fix"),
    path("c/<uuid:pk>/models/", settings.models, name="models"),
    path("c/<uuid:pk>/port/", proposals.port, name="port"),
    path("c/<uuid:pk>/images/", images.images, name="images"),
    path("c/<uuid:pk>/images/<int:image_pk>/", images.image, name="image"),
    path("c/<uuid:pk>/estimate/", writing.estimate, name="estimate"),
    path("c/<uuid:pk>/count/", writing.count, name="count"),
]

panel_urls = [
    path("c/<uuid:pk>/patch/", page.changes, name="patch"),
    path("c/<uuid:pk>/request/", inspector.request, name="request"),
    path("c/<uuid:pk>/request.json", downloads.request_json, name="request-json"),
    path("c/<uuid:pk>/reply/", inspector.reply, name="reply"),
    path("c/<uuid:pk>/history/", inspector.history, name="history"),
]

group_urls = [
    path("c/<uuid:pk>/compare/", comparing.compare, name="compare"),
    path("c/<uuid:pk>/difference/", differences.difference, name="difference"),
    path("c/<uuid:pk>/compare/<slug:group>/", groups.group, name="group"),
    path("c/<uuid:pk>/compare/<slug:group>/stop/", groups.stop, name="stop-group"),
]

run_urls = [
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/request/", runs.run_request, name="run-request"),
    path("runs/<int:pk>/request.json", downloads.run_json, name="run-json"),
    path("runs/<int:pk>/events/", runs.run_events, name="run-events"),
    path("runs/<int:pk>/events.txt", downloads.run_text, name="run-text"),
    path("runs/<int:pk>/stop/", runs.stop, name="stop"),
    path("runs/<int:pk>/use/", runs.use, name="use"),
    path("runs/<int:pk>/again/", runs.again, name="run-again"),
]

urlpatterns = [
    path("c/<uuid:pk>/", page.show, name="show"),
    path("c/<uuid:pk>/events", events.events, name="events"),
    *turn_urls,
    *change_urls,
    *panel_urls,
    *group_urls,
    *run_urls,
    path("help/rules/", help.rules, name="rules"),
]
