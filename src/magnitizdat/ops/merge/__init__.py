"""Two libraries of one person become one."""
