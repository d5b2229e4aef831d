"""What happens: the site, and the rooms that check, send and show requests."""
