"""Long work beside somebody who watches, and what is prepared while nobody does."""
