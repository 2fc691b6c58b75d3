"""The index: every question that is asked of it, and every change that it takes. The one home of SQL."""
