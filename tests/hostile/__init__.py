"""What nobody writes on purpose: hostile scenarios, data files, paths and names, and what must hold of them all."""
