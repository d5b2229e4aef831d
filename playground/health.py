"""`/healthz`: whether this process can do its work, for the machines that watch it."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from playground.claude import endpoints


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Status, version, database and endpoint; 503 when the database fails."""
    works = _database_answers()
    return JsonResponse(
        {
            "status": "ok" if works else "failed",
            "version": settings.VERSION,
            "database": {
                "status": "ok" if works else "failed",
                "vendor": connection.vendor,
            },
            "endpoint": endpoints.default().name,
        },
        status=200 if works else 503,
        headers={"Cache-Control": "no-store"},
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
