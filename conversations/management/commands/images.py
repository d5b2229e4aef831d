"""Reports on stored images; with --repair it tidies up. Fit to be run every night."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from conversations import figures, storage


class Command(BaseCommand):
    help = (
        "Report on stored images: unused for a day, rows without files, files without "
        "rows. With --repair, remove what is not needed and make renditions again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true")

    def handle(self, *args: Any, repair: bool = False, **options: Any) -> None:
        found = storage.report()
        say = self.stdout.write
        say(f"Files: {found.files}, {figures.size(found.bytes)}")
        say(f"Images that nothing shows, not attached for a day: {len(found.unused)}")
        say(f"Files that belong to nothing: {len(found.left_over)}")
        say(f"Renditions whose file is lost: {len(found.lost_renditions)}")
        say(f"Images whose file is lost: {len(found.lost)}")
        for image in found.lost:
            say(f"  image {image.pk}, {image.original_name!r}: attach it again")
        if repair:
            removed, swept, made = storage.repair(found)
            say(f"Removed images: {removed}, files: {swept}. Renditions made: {made}.")
        elif found.unused or not found.is_sound:
            say("Nothing was changed. Run it with --repair to tidy up.")
