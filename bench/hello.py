"""The yardstick: a Flask application that says hello and nothing else."""

from flask import Flask

app = Flask(__name__, static_folder=None)


@app.get("/")
def hello() -> str:
    return "hello"
