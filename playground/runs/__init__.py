"""The engine: runs belong to the server, whoever watches. No views here."""
