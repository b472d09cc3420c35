"""The shop behind its edges, a package for each domain."""

import gc

# A program allocates hundreds of thousands of things that stay while it is imported, and hardly any garbage: looking
# for some as often as usual takes a sixth of its start. `wsgi.create_app` goes back to that.
gc.set_threshold(50_000, 20, 20)
