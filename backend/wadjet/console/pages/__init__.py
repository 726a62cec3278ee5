"""The console's pages, one file for each area: parse, call one verb of a room's door, answer."""
