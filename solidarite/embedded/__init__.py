"""PostgreSQL and Valkey of the portal's own, for whoever sets neither DATABASE_URL nor REDIS_URL."""
