"""How older stores become newer ones; Alembic runs these files, nothing imports them."""
