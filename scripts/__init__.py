"""What the Makefile calls: the demo, a local Airflow, generated documents."""
