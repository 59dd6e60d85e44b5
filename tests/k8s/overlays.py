"""Every overlay of k8s/: rendered by kubectl, held against the API's schemas and our own rules.

usage: tests/k8s/check [--program HOTLINE] [OVERLAY ...]

With --program, the `hotline` that was built is asked whether it takes the settings of each overlay. Nothing is asked of
a cluster. Needs what tests/run installs.
"""
import argparse, os, subprocess, sys, tempfile

import manifests, rules


def refused_settings(objects, program):
    """What the program says against hotline.conf and the variables of the site."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith('HOTLINE_')}
    with tempfile.NamedTemporaryFile('w', suffix='.conf') as file:
        for o in objects.of_kind('ConfigMap'):
            file.write(o['data'].get('hotline.conf', ''))
            environment |= {name: value for name, value in o['data'].items() if name.startswith('HOTLINE_')}
        file.flush()
        done = subprocess.run([program, 'up', '--config', file.name, '--check-config'], env=environment,
                              capture_output=True, text=True)
    return [] if done.returncode == 0 else [f'settings: {line}' for line in done.stderr.splitlines()]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument('--program')
    arguments.add_argument('overlays', nargs='*', default=manifests.OVERLAYS)
    flags = arguments.parse_args()
    custom = manifests.custom_schemas()
    failed = False
    for name in flags.overlays:
        objects = manifests.overlay(name)
        found = [*manifests.schema_problems(objects, custom), *rules.problems(objects)]
        if flags.program:
            found += refused_settings(objects, flags.program)
        print(f"{name}: {len(objects.all)} objects, {len(found)} problems")
        for problem in found:
            print(f'  {problem}')
        failed = failed or bool(found) or not objects.all
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
