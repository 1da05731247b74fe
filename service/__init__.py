"""The doors: command line and Airflow. Each maps errors once and shows no value of a person."""
