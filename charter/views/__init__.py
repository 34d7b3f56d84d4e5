"""Pages of the charter, by who uses them."""
