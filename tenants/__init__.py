"""One folder a capability; everything that lives in a tenant's schema."""
