# For `astro dev start` and for deployments on Astro: Astro Runtime, which brings Airflow 3.3.
# The image installs packages.txt and requirements.txt. Without Docker, `make up` needs neither.
FROM astrocrpublic.azurecr.io/runtime:3.3-2
