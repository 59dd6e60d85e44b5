"""What an overlay says: rendered by kubectl, found by kind and name, held against the schemas of the API."""
import copy, pathlib, re, subprocess

import jsonschema, kubernetes_validate, yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
OVERLAYS = sorted(folder.name for folder in (ROOT / 'k8s/overlays').iterdir())
KUBERNETES = '1.34'
KUBECTL = ROOT / 'tests/k8s/kubectl'


class Objects:
    """The objects of one overlay, in the order kubectl gives them."""

    def __init__(self, documents):
        self.all = documents

    def of_kind(self, *kinds):
        return [o for o in self.all if o['kind'] in kinds]

    def find(self, kind, name):
        return next((o for o in self.of_kind(kind) if o['metadata']['name'] == name), None)

    def copy(self):
        return Objects(copy.deepcopy(self.all))


def render(folder):
    done = subprocess.run([KUBECTL, 'kustomize', folder], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f'kubectl renders no {folder}: {done.stderr.strip()}')
    return Objects([o for o in yaml.load_all(done.stdout, Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader)) if o])


def overlay(name):
    return render(ROOT / 'k8s/overlays' / name)


def label(o):
    return f"{o['kind']} {o['metadata']['name']}"


def custom_schemas():
    """The operators' own kinds, from their definitions in third_party: (apiVersion, kind) to schema."""
    schemas = {}
    for file in sorted((ROOT / 'third_party/keda').glob('*.yaml')):
        definition = yaml.safe_load(file.read_text())['spec']
        for version in definition['versions']:
            key = f"{definition['group']}/{version['name']}", definition['names']['kind']
            schema = version['schema']['openAPIV3Schema']
            schema['properties']['metadata'] = {'type': 'object', 'additionalProperties': True}
            schemas[key] = strict(schema)
    return schemas


def strict(schema):
    """A field that the schema does not know is refused, as by an API server that decodes strictly."""
    if isinstance(schema, dict):
        if isinstance(schema.get('properties'), dict) and 'x-kubernetes-preserve-unknown-fields' not in schema:
            schema.setdefault('additionalProperties', False)
        for part in schema.values():
            strict(part)
    elif isinstance(schema, list):
        for part in schema:
            strict(part)
    return schema


def schema_problems(objects, custom):
    """What the API server would refuse for its shape."""
    for o in objects.all:
        try:
            schema = custom.get((o.get('apiVersion'), o['kind']))
            if schema is not None:
                jsonschema.validate(o, schema)
            else:
                kubernetes_validate.validate(o, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as wrong:
            yield f"{label(o)}: {'.'.join(map(str, wrong.path))}: {wrong.message}"
        except jsonschema.ValidationError as wrong:
            yield f"{label(o)}: {'.'.join(map(str, wrong.path))}: {wrong.message}"
        except kubernetes_validate.SchemaNotFoundError:
            yield f"{label(o)}: no schema of {o.get('apiVersion')} {o['kind']}"


def topics():
    """The topics of the bus and their partitions, read from the source that creates them."""
    names = dict(re.findall(r'(k\w+Topic) = "([^"]+)"', (ROOT / 'services/platform/bus/topics.h').read_text()))
    return {names[name]: int(partitions)
            for name, partitions in re.findall(r'\{(k\w+Topic), (\d+),', (ROOT / 'services/platform/bus/topics.cpp').read_text())}


def grpc_services():
    """The full names of the services of the contracts."""
    for file in (ROOT / 'protos').rglob('*_service.proto'):
        text = file.read_text()
        package = re.search(r'^package (\S+);', text, re.M).group(1)
        yield from (f'{package}.{name}' for name in re.findall(r'^service (\w+)', text, re.M))


def group_topics(service):
    """The topics whose events a service takes as a group, read from its module."""
    names = dict(re.findall(r'(k\w+Topic) = "([^"]+)"', (ROOT / 'services/platform/bus/topics.h').read_text()))
    text = (ROOT / f'services/{service}/module.cpp').read_text()
    return {names[name] for name in re.findall(r'platform::(k\w+Topic)', text)}
