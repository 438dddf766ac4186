"""The edge: settings, the parts put together, the HTTP interface, the pages and the command line."""
