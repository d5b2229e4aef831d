"""The addresses of the plain pages around conversations."""

from django.urls import path

from .views import images, listing, revisions, sharing, writing

app_name = "conversations"

conversation_urls = [
    path("c/", writing.create, name="create"),
    path("c/<uuid:pk>/title/", writing.rename, name="rename"),
    path("c/<uuid:pk>/delete/", writing.delete, name="delete"),
    path("c/<uuid:pk>/visibility/", writing.visibility, name="visibility"),
    path("c/<uuid:pk>/r/<int:number>/", revisions.revision, name="revision"),
    path("c/<uuid:pk>/r/<int:number>/restore/", revisions.restore, name="restore"),
    path("c/<uuid:pk>/shares/", sharing.shares, name="shares"),
    path("c/<uuid:pk>/shares/<int:share_pk>/revoke/", sharing.revoke, name="revoke"),
]

share_urls = [
    # A slug and not a string: a token has no other letters, and a NUL never
    # reaches the database.
    path("s/<slug:token>/", sharing.share, name="share"),
    path(
        "s/<slug:token>/images/<int:image_pk>/",
        images.share_image,
        name="share-image",
    ),
    path(
        "s/<slug:token>/images/<int:image_pk>/thumbnail/",
        images.share_thumbnail,
        name="share-thumbnail",
    ),
    path("s/<slug:token>/fork/", sharing.fork, name="fork"),
]

urlpatterns = [
    path("", listing.index, name="index"),
    path("list/", listing.fragment, name="list"),
    path("images/<int:pk>/", images.image, name="image"),
    path("images/<int:pk>/thumbnail/", images.thumbnail, name="thumbnail"),
    *conversation_urls,
    *share_urls,
]
