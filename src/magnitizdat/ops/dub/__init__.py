"""Taking from spools: offers verified, what is missing fetched and sealed."""
