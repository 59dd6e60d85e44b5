"""A cluster as kubectl shows it, and what is held against it: a check that fails says what, and ends the run."""
import json, pathlib, subprocess, sys, time

ROOT = pathlib.Path(__file__).resolve().parents[2]
KUBECTL = ROOT / 'tests/k8s/kubectl'
COMPONENT = 'app.kubernetes.io/component'  # Which service a pod is of.


class Failed(Exception):
    pass


def say(line):
    print(line, file=sys.stderr, flush=True)


def check(held, what):
    if not held:
        raise Failed(what)


def kubectl(*arguments, text=None, refused=None):
    """What kubectl prints. With `refused` it must fail, and say that."""
    done = subprocess.run([KUBECTL, *arguments], input=text, capture_output=True, text=True)
    if refused is not None:
        check(done.returncode != 0 and refused in done.stderr + done.stdout,
              f'kubectl {" ".join(arguments)} is not refused with "{refused}": {done.stderr}{done.stdout}')
    else:
        check(done.returncode == 0, f'kubectl {" ".join(arguments)}: {done.stderr.strip()}')
    return done.stdout


def raw(path):
    return json.loads(kubectl('get', '--raw', path))


def get(namespace, *arguments):
    found = json.loads(kubectl('-n', namespace, 'get', *arguments, '-o', 'json'))
    return found['items'] if 'items' in found else found


def until(what, held, limit=180):
    """Waits until `held()` says nothing is wrong: None or an empty string. Seconds it took."""
    start = time.monotonic()
    while wrong := held():
        if time.monotonic() - start > limit:
            raise Failed(f'{what}: not within {limit} s: {wrong}')
        time.sleep(0.5)
    return time.monotonic() - start


def name_of(o):
    return o['metadata']['name']


def ready(pod):
    """Ready and not on its way out: what controllers count."""
    return 'deletionTimestamp' not in pod['metadata'] and any(
        c['type'] == 'Ready' and c['status'] == 'True' for c in pod['status'].get('conditions', []))
