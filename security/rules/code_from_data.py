import os
import pickle
import subprocess

import yaml


def readers(text, raw):
    # ruleid: code-from-data
    eval(text)
    # ruleid: code-from-data
    exec(text)
    # ruleid: code-from-data
    pickle.loads(raw)
    # ruleid: code-from-data
    yaml.load(text)
    # ruleid: code-from-data
    os.system(text)
    # ruleid: code-from-data
    subprocess.run(text, shell=True)
    # ok: code-from-data
    yaml.safe_load(text)
    # ok: code-from-data
    subprocess.run(["ls", text])
