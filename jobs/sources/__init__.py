"""The source tables as the deployment describes them."""
