"""One verb of a user a module: the only place that puts catalogue, reel, library and workers together."""
