"""Another laptop: the spool of what was chosen, under the CODE of a ticket, on a port beside the evening."""
