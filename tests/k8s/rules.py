"""What every overlay must be beside well-formed. A rule yields a line for each thing that is not so."""
import re

from manifests import grpc_services, group_topics, label, topics

SERVICES = ('intake', 'classification', 'escalation', 'knowledge', 'followup')
# What an operator makes with the commands of k8s/README.md.
SECRETS = {'hotline-keyring', 'hotline-credentials', 'hotline-migrations-credentials', 'hotline-kafka', 'hotline-tls'}
UNPRIVILEGED = 65532


def pod_of(o):
    return o['spec']['template']['spec']


def workloads(objects):
    return objects.of_kind('Deployment', 'Job', 'StatefulSet', 'DaemonSet', 'CronJob', 'Pod')


def containers(o):
    return pod_of(o)['containers'] + pod_of(o).get('initContainers', []) + pod_of(o).get('ephemeralContainers', [])


def selects(selector, labels):
    if any(labels.get(key) != value for key, value in selector.get('matchLabels', {}).items()):
        return False
    for expression in selector.get('matchExpressions', []):
        inside = labels.get(expression['key']) in expression.get('values', [])
        if inside != (expression['operator'] == 'In'):
            return False
    return True


def settings(objects):
    """hotline.conf of the overlay, with the site's variables over it, as the processes see them."""
    merged = {}
    for o in objects.of_kind('ConfigMap'):
        for line in o['data'].get('hotline.conf', '').splitlines():
            if '=' in line and not line.startswith('#'):
                name, value = line.split('=', 1)
                merged.setdefault(name.strip(), value.strip())
    for o in objects.of_kind('ConfigMap'):
        for name, value in o['data'].items():
            if name.startswith('HOTLINE_'):
                merged[name[len('HOTLINE_'):].lower()] = value
    return merged


def seconds(text):
    return int(re.fullmatch(r'(\d+)s', text).group(1))


def kinds(objects):
    """Deployments for services, Jobs for what ends; nothing that the other rules do not look into."""
    for o in workloads(objects):
        if o['kind'] not in ('Deployment', 'Job'):
            yield f'{label(o)}: neither a Deployment nor a Job'


def unprivileged(objects):
    """The restricted pod security level, and more: a read-only root, and the one user of the image."""
    for o in workloads(objects):
        pod = pod_of(o)
        for forbidden in ('hostNetwork', 'hostPID', 'hostIPC'):
            if pod.get(forbidden):
                yield f'{label(o)}: {forbidden}'
        for volume in pod.get('volumes', []):
            if 'hostPath' in volume:
                yield f"{label(o)}: volume {volume['name']} is of the host"
        for level in [('pod', pod)] + [(c['name'], c) for c in containers(o)]:
            context = level[1].get('securityContext', {})
            where = f'{label(o)}: {level[0]}'
            if context.get('runAsNonRoot', True) is not True or context.get('runAsUser', UNPRIVILEGED) != UNPRIVILEGED:
                yield f'{where} runs as root or as another user than {UNPRIVILEGED}'
            if context.get('seccompProfile', {'type': 'RuntimeDefault'})['type'] != 'RuntimeDefault':
                yield f'{where} has another seccomp profile than RuntimeDefault'
        context = pod.get('securityContext', {})
        for name in ('runAsNonRoot', 'runAsUser', 'runAsGroup', 'fsGroup', 'seccompProfile'):
            if name not in context:
                yield f'{label(o)}: pod without {name}'
        for container in containers(o):
            context = container.get('securityContext', {})
            where = f"{label(o)}: {container['name']}"
            if context.get('privileged') or context.get('allowPrivilegeEscalation') is not False:
                yield f'{where} may gain privileges'
            if context.get('readOnlyRootFilesystem') is not True:
                yield f'{where} has a writable root'
            if context.get('capabilities') != {'drop': ['ALL']}:
                yield f'{where} keeps capabilities'


def no_tokens(objects):
    """No pod can speak to the API server, and none is told of services by variables that read like settings."""
    for o in workloads(objects):
        pod = pod_of(o)
        if pod.get('automountServiceAccountToken') is not False:
            yield f'{label(o)}: mounts a token'
        if pod.get('enableServiceLinks') is not False:
            yield f'{label(o)}: service links make variables that Hotline refuses as unknown settings'
        if objects.find('ServiceAccount', pod.get('serviceAccountName', 'default')) is None:
            yield f'{label(o)}: no service account of its own'
        for volume in pod.get('volumes', []):
            if 'projected' in volume:
                yield f"{label(o)}: volume {volume['name']} may hold a token"
    for o in objects.of_kind('ServiceAccount'):
        if o.get('automountServiceAccountToken') is not False:
            yield f'{label(o)}: gives its token'


def images(objects):
    """A stated version of one image."""
    seen = set()
    for o in workloads(objects):
        for container in containers(o):
            image = container['image']
            seen.add(image)
            tag = image.rsplit('/', 1)[-1].partition(':')[2]
            if '@sha256:' not in image and tag in ('', 'latest'):
                yield f"{label(o)}: {container['name']}: {image} is no stated version"
    if len(seen) > 1:
        yield f'more than one image: {", ".join(sorted(seen))}'


def resources(objects):
    for o in workloads(objects):
        for container in containers(o):
            for side in ('requests', 'limits'):
                for what in ('cpu', 'memory'):
                    if what not in container.get('resources', {}).get(side, {}):
                        yield f"{label(o)}: {container['name']} has no {what} in {side}"


def probes(objects):
    """Started and ready by the health service, alive by a real connection, all at the port that is listened on."""
    port = int(settings(objects)['listen'].rpartition(':')[2])
    for o in objects.of_kind('Deployment'):
        for container in pod_of(o)['containers']:
            where = f"{label(o)}: {container['name']}"
            named = {p['name']: p['containerPort'] for p in container.get('ports', [])}
            for probe in ('startupProbe', 'readinessProbe'):
                if container.get(probe, {}).get('grpc', {}).get('port') != port:
                    yield f'{where} has no {probe} of the health service at {port}'
            door = container.get('livenessProbe', {}).get('tcpSocket', {}).get('port')
            if named.get(door, door) != port:
                yield f'{where} has no livenessProbe by TCP at {port}'


def stops_in_order(objects):
    """Time for preStop, drain, the calls in hand and the outbox before the kill."""
    said = settings(objects)
    for o in objects.of_kind('Deployment'):
        pre_stop = 0
        for container in pod_of(o)['containers']:
            pre_stop = container.get('lifecycle', {}).get('preStop', {}).get('sleep', {}).get('seconds', 0)
            if pre_stop < 1:
                yield f"{label(o)}: {container['name']} has no preStop"
        needed = pre_stop + seconds(said['drain']) + 2 * seconds(said['stop_grace'])
        if pod_of(o).get('terminationGracePeriodSeconds', 30) <= needed:
            yield f'{label(o)}: killed before it can have stopped, which may take {needed} s'
        if o['spec'].get('strategy', {}).get('rollingUpdate', {}).get('maxUnavailable') != 0:
            yield f'{label(o)}: a rollout takes pods away before others are ready'


def spread(objects):
    for o in objects.of_kind('Deployment'):
        labels = o['spec']['template']['metadata']['labels']
        over = {c['topologyKey'] for c in pod_of(o).get('topologySpreadConstraints', [])
                if selects(c.get('labelSelector', {}), labels) and c.get('labelSelector', {}).get('matchLabels')}
        for key in {'kubernetes.io/hostname', 'topology.kubernetes.io/zone'} - over:
            yield f'{label(o)}: not spread over {key}'
        for c in pod_of(o).get('topologySpreadConstraints', []):
            if c.get('nodeTaintsPolicy') != 'Honor':
                yield f"{label(o)}: counts drained nodes as places over {c['topologyKey']}"


def complete(objects):
    """Five services, each with its Service, its budget and one autoscaler, none of which reaches another's pods."""
    for service in SERVICES:
        name = f'hotline-{service}'
        deployment = objects.find('Deployment', name)
        if deployment is None:
            yield f'no Deployment {name}'
            continue
        if pod_of(deployment)['containers'][0].get('args') != [service]:
            yield f'Deployment {name}: does not run {service}'
        if 'replicas' in deployment['spec']:
            yield f'Deployment {name}: states replicas, which the autoscaler holds'
        labels = deployment['spec']['template']['metadata']['labels']
        for kind in ('Service', 'PodDisruptionBudget'):
            o = objects.find(kind, name)
            if o is None:
                yield f'no {kind} {name}'
                continue
            selector = {'matchLabels': o['spec']['selector']} if kind == 'Service' else o['spec']['selector']
            reached = [d['metadata']['name'] for d in objects.of_kind('Deployment', 'Job')
                       if selects(selector, d['spec']['template']['metadata']['labels'])]
            if reached != [name]:
                yield f'{kind} {name}: selects {reached}'
        budget = objects.find('PodDisruptionBudget', name)
        if budget is not None and budget['spec'].get('maxUnavailable') != 1:
            yield f'PodDisruptionBudget {name}: a drain of nodes takes more than one pod, or none'
        scalers = [s for s in objects.of_kind('HorizontalPodAutoscaler', 'ScaledObject')
                   if s['spec']['scaleTargetRef']['name'] == name]
        if len(scalers) != 1:
            yield f'Deployment {name}: {len(scalers)} autoscalers'
        if labels.get('app.kubernetes.io/component') != service:
            yield f'Deployment {name}: its pods do not say which service they are'
    for s in objects.of_kind('HorizontalPodAutoscaler', 'ScaledObject'):
        if objects.find('Deployment', s['spec']['scaleTargetRef']['name']) is None:
            yield f"{label(s)}: scales {s['spec']['scaleTargetRef']['name']}, which is not"


def scaling(objects):
    """Lag is asked of groups and topics that are, and nobody is scaled beyond what its partitions can feed."""
    partitions = topics()
    for o in objects.of_kind('ScaledObject'):
        service = o['spec']['scaleTargetRef']['name'].removeprefix('hotline-')
        prefix = settings(objects).get('kafka_prefix', '')
        asked = set()
        for trigger in o['spec']['triggers']:
            said = trigger['metadata']
            topic = said['topic'].removeprefix(prefix)
            asked.add(topic)
            if topic not in partitions:
                yield f'{label(o)}: there is no topic {topic}'
            if said['consumerGroup'] != f"{prefix}{service}.{topic}":
                yield f"{label(o)}: there is no group {said['consumerGroup']}"
            if o['spec']['maxReplicaCount'] > partitions.get(topic, 0):
                yield f"{label(o)}: more pods than {topic} has partitions"
            if said.get('bootstrapServersFromEnv') != 'HOTLINE_KAFKA':
                yield f'{label(o)}: asks another Kafka than the service speaks to'
        if asked != group_topics(service):
            yield f'{label(o)}: asks for the lag of {sorted(asked)}, while {service} takes {sorted(group_topics(service))}'
        if o['spec'].get('minReplicaCount', 0) < 1:
            yield f'{label(o)}: may be scaled to nothing'
    for o in objects.of_kind('HorizontalPodAutoscaler'):
        if o['spec'].get('minReplicas', 1) > o['spec']['maxReplicas']:
            yield f'{label(o)}: its least is above its most'


def references(objects):
    """What pods mount and read is in the overlay, or among the Secrets that the README has made."""
    for o in workloads(objects):
        pod = pod_of(o)
        sources = [e for c in containers(o) for e in c.get('envFrom', [])]
        sources += [e['valueFrom'] for c in containers(o) for e in c.get('env', []) if 'valueFrom' in e]
        maps = {v['configMap']['name'] for v in pod.get('volumes', []) if 'configMap' in v}
        maps |= {s[key]['name'] for s in sources for key in ('configMapRef', 'configMapKeyRef') if key in s}
        secrets = {v['secret']['secretName'] for v in pod.get('volumes', []) if 'secret' in v}
        secrets |= {s[key]['name'] for s in sources for key in ('secretRef', 'secretKeyRef') if key in s}
        for name in sorted(maps):
            if objects.find('ConfigMap', name) is None:
                yield f'{label(o)}: there is no ConfigMap {name}'
        for name in sorted(secrets - SECRETS):
            yield f'{label(o)}: the README makes no Secret {name}'
    for o in objects.of_kind('Ingress'):
        paths = {}
        for rule in o['spec']['rules']:
            for path in rule['http']['paths']:
                paths[path['path'].removeprefix('/')] = path['backend']['service']['name']
        # What operators decide (hotline.operations) is each process's own, and not for clients outside.
        wanted = {name: f"hotline-{name.split('.')[1]}" for name in grpc_services() if name.split('.')[1] in SERVICES}
        if paths != wanted:
            yield f'{label(o)}: its paths are not the services of the contracts'
    for o in objects.of_kind('ScaledObject'):
        for name in sorted({t['authenticationRef']['name'] for t in o['spec']['triggers'] if 'authenticationRef' in t}):
            if objects.find('TriggerAuthentication', name) is None:
                yield f'{label(o)}: there is no TriggerAuthentication {name}'
    for o in objects.of_kind('TriggerAuthentication'):
        for name in sorted({s['name'] for s in o['spec'].get('secretTargetRef', [])} - SECRETS):
            yield f'{label(o)}: the README makes no Secret {name}'
    for o in objects.of_kind('Secret'):
        yield f'{label(o)}: a secret in the repository'


def network(objects):
    """All is forbidden that is not allowed by name."""
    def denies_all(o):
        return (o['spec']['podSelector'] == {} and set(o['spec']['policyTypes']) == {'Ingress', 'Egress'}
                and not o['spec'].get('ingress') and not o['spec'].get('egress'))
    if not any(denies_all(o) for o in objects.of_kind('NetworkPolicy')):
        yield 'no NetworkPolicy denies all by default'
    for o in objects.of_kind('NetworkPolicy'):
        for rule, side in [(r, 'from') for r in o['spec'].get('ingress', [])] + [(r, 'to') for r in o['spec'].get('egress', [])]:
            if not rule.get(side) or not rule.get('ports'):
                yield f'{label(o)}: allows everybody, or every port'
            for peer in rule.get(side, []):
                if peer.get('ipBlock', {}).get('cidr', '').endswith('/0') or peer in ({}, {'namespaceSelector': {}}, {'podSelector': {}}):
                    yield f'{label(o)}: allows everybody'
        reached = [d for d in workloads(objects) if selects(o['spec']['podSelector'], d['spec']['template']['metadata']['labels'])]
        if not reached:
            yield f'{label(o)}: is for no pod'


def namespace(objects):
    """One namespace, which refuses what is privileged."""
    spaces = objects.of_kind('Namespace')
    if len(spaces) != 1:
        yield f'{len(spaces)} namespaces'
        return
    if spaces[0]['metadata'].get('labels', {}).get('pod-security.kubernetes.io/enforce') != 'restricted':
        yield f'{label(spaces[0])}: does not enforce the restricted level'
    for o in objects.all:
        if o['kind'] != 'Namespace' and o['metadata'].get('namespace') != spaces[0]['metadata']['name']:
            yield f'{label(o)}: not in {spaces[0]["metadata"]["name"]}'


def migrated_once(objects):
    """A Job a version: what has run cannot be changed, so its name tells what it is of, and no setting changes it."""
    jobs = objects.of_kind('Job')
    if len(jobs) != 1:
        yield f'{len(jobs)} Jobs'
    for o in jobs:
        tag = pod_of(o)['containers'][0]['image'].rsplit(':', 1)[-1]
        if o['metadata']['name'] != f'hotline-migrations-{tag}':
            yield f'{label(o)}: does not end in its version, {tag}'
        if any('configMapRef' in e for c in containers(o) for e in c.get('envFrom', [])):
            yield f'{label(o)}: a changed setting would change a Job, which cannot be'
    if settings(objects).get('migrate') != 'check':
        yield 'services migrate by themselves'


RULES = (kinds, unprivileged, no_tokens, images, resources, probes, stops_in_order, spread, complete, scaling, references,
         network, namespace, migrated_once)


def problems(objects):
    for rule in RULES:
        yield from rule(objects)
