"""The Messages API as data and rules: no Django, no connection, no conversation."""
