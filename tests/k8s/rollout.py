"""What Kubernetes does with the pods of the overlays, on nodes that kwok plays. Run by tests/k8s/rollout."""
import collections, contextlib, json, re, signal, subprocess, sys, threading, time

from cluster import COMPONENT, KUBECTL, ROOT, Failed, check, get, kubectl, name_of, ready, say, until
from observer import Observer

NEVER_READY = 'registry.example/hotline:never-ready'  # See kwok.yaml.
ALL = ('-l', 'app.kubernetes.io/part-of=hotline')
ZONE = 'topology.kubernetes.io/zone'
ZONES = {'a': ('a-1', 'a-2'), 'b': ('b-1', 'b-2'), 'c': ('c-1', 'c-2')}
NODES = [node for zone in ZONES.values() for node in zone]


def amount(value, replicas, up):
    """A number of pods, or a share of them."""
    if isinstance(value, int):
        return value
    share = int(value.removesuffix('%')) * replicas
    return -(-share // 100) if up else share // 100


class Site:
    """An overlay in its namespace."""

    def __init__(self, overlay):
        self.overlay, self.namespace = overlay, f'hotline-{overlay}'
        self.text = kubectl('kustomize', str(ROOT / 'k8s/overlays' / overlay))
        self.version = re.search(r'image: \S+/hotline:(\S+)', self.text).group(1)

    def kubectl(self, *arguments, **more):
        return kubectl('-n', self.namespace, *arguments, **more)

    def apply(self, text=None):
        return kubectl('apply', '--validate=strict', '-f', '-', text=text or self.text)

    def upgraded(self, version):
        return (self.text.replace(f'/hotline:{self.version}', f'/hotline:{version}')
                .replace(f'hotline-migrations-{self.version}', f'hotline-migrations-{version}'))

    def deployments(self):
        return {name_of(o).removeprefix('hotline-'): o for o in get(self.namespace, 'deployments')}

    def unavailable(self, replicas=None):
        """What is not yet as the Deployments want it."""
        for service, o in self.deployments().items():
            want, status = o['spec']['replicas'], o['status']
            if replicas and want != replicas.get(service, want):
                return f'{service} wants {want} pods, not {replicas[service]}'
            counts = [status.get(f'{kind}eplicas', 0) for kind in ('r', 'updatedR', 'availableR')]
            if status.get('observedGeneration') != o['metadata']['generation'] or counts != [want] * 3:
                waiting = {c['message'] for pod in get(self.namespace, 'pods', '-l', f'{COMPONENT}={service}')
                           for c in pod['status'].get('conditions', []) if c['type'] == 'PodScheduled' and c['status'] == 'False'}
                return f'{service} wants {want} pods, has [all, new, available] {counts} {"; ".join(waiting)}'

    def wait(self, replicas=None, limit=180):
        return until(f'{self.overlay}: available Deployments', lambda: self.unavailable(replicas), limit)

    def rolled_out(self):
        """As k8s/README.md watches it."""
        self.kubectl('rollout', 'status', 'deployment', *ALL, '--timeout', '300s')

    def strategy_floors(self):
        """The pods that stay available while a Deployment rolls, by its strategy."""
        return {service: o['spec']['replicas'] - amount(o['spec']['strategy']['rollingUpdate']['maxUnavailable'], o['spec']['replicas'], False)
                for service, o in self.deployments().items()}

    def surges(self):
        return {service: o['spec']['replicas'] + amount(o['spec']['strategy']['rollingUpdate']['maxSurge'], o['spec']['replicas'], True)
                for service, o in self.deployments().items()}

    def budget_floors(self):
        """The pods that evictions leave healthy, by what the controller makes of the PodDisruptionBudgets."""
        floors = {}

        def unknown():
            for o in get(self.namespace, 'poddisruptionbudgets'):
                service, status = name_of(o).removeprefix('hotline-'), o.get('status', {})
                want = self.deployments()[service]['spec']['replicas']
                known = [status.get(key) for key in ('observedGeneration', 'expectedPods', 'currentHealthy')]
                if known != [o['metadata']['generation'], want, want]:
                    return f'the budget of {service} knows [generation, pods, healthy] {known}, there are {want}'
                floors[service] = status['desiredHealthy']
        until(f'{self.overlay}: budgets', unknown, 60)
        return floors

    def scale(self, service, replicas):
        self.kubectl('scale', f'deployment/hotline-{service}', '--replicas', str(replicas))


def total(site):
    return sum(o['spec']['replicas'] for o in site.deployments().values())


def uneven(site, observer, soft=False):
    """Services whose pods of one version lie less evenly than their constraints let them; `soft`: also those that only ask for it."""
    where = {'kubernetes.io/hostname': {n: n for n in NODES}, ZONE: {n: zone for zone, nodes in ZONES.items() for n in nodes}}
    found = []
    pods = observer.pods()
    for service, o in site.deployments().items():
        for constraint in o['spec']['template']['spec']['topologySpreadConstraints']:
            if constraint['whenUnsatisfiable'] != 'DoNotSchedule' and not soft:
                continue
            domains = where[constraint['topologyKey']]
            counts = dict.fromkeys(domains.values(), 0)
            for pod in pods[service]:
                counts[domains[pod['spec']['nodeName']]] += 1
            if max(counts.values()) - min(counts.values()) > constraint['maxSkew']:
                found.append(f'{service} over {constraint["topologyKey"]}: {counts}')
    return found


class Drain:
    """kubectl drain, as an administrator runs it."""

    def __init__(self, node, limit=300):
        self.node, self.start, self.lines = node, time.monotonic(), []
        self.process = subprocess.Popen(
            [KUBECTL, 'drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout', f'{limit}s'],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True)
        self.reader.start()

    def waits(self):
        """How often an eviction was put off because of a budget."""
        return sum("violate the pod's disruption budget" in line for line in list(self.lines))

    def end(self, site):
        status = self.process.wait()
        self.reader.join()
        check(status == 0, f'the drain of {self.node} fails: {"".join(self.lines[-2:]).strip()}; {site.unavailable()}')
        self.seconds = time.monotonic() - self.start
        return self


def on(nodes, observer):
    return [name_of(pod) for pods in observer.pods().values() for pod in pods if pod['spec'].get('nodeName') in nodes]


def evict(site, pod, **more):
    body = json.dumps({'apiVersion': 'policy/v1', 'kind': 'Eviction', 'metadata': {'name': pod, 'namespace': site.namespace}})
    return kubectl('create', '--raw', f'/api/v1/namespaces/{site.namespace}/pods/{pod}/eviction', '-f', '-', text=body, **more)


def make_nodes():
    size = {'cpu': '16', 'memory': '64Gi', 'pods': '110'}
    kubectl('create', '-f', '-', text=json.dumps({'apiVersion': 'v1', 'kind': 'List', 'items': [
        {'apiVersion': 'v1', 'kind': 'Node', 'status': {'allocatable': size, 'capacity': size},
         'metadata': {'name': node, 'labels': {'kubernetes.io/hostname': node, 'kubernetes.io/os': 'linux', ZONE: zone}}}
        for zone, nodes in ZONES.items() for node in nodes]}))
    kubectl('wait', '--for', 'condition=Ready', 'node', '--all', '--timeout', '60s')
    until('nodes', lambda: [name_of(o) for o in get('default', 'nodes') if o['spec'].get('taints')], 60)


def start(site):
    """Applied to an empty cluster. The autoscalers' lower bounds hold; KEDA is not here, and its part is played."""
    begun = time.monotonic()
    objects = site.apply().count(' created\n')
    for o in get(site.namespace, 'scaledobjects'):
        site.scale(name_of(o).removeprefix('hotline-'), o['spec']['minReplicaCount'])
    kubectl('-n', site.namespace, 'wait', '--for', 'condition=Complete', 'job', *ALL, '--timeout', '120s')
    migrated = time.monotonic() - begun
    lowest = {o['spec']['scaleTargetRef']['name'].removeprefix('hotline-'): o['spec']['minReplicas']
              for o in get(site.namespace, 'horizontalpodautoscalers')}
    site.wait(lowest)
    site.rolled_out()
    say(f'ok: {site.overlay}: {objects} objects; the migrations complete after {migrated:.0f} s; {len(site.deployments())} Deployments with '
        f'{total(site)} pods available after {time.monotonic() - begun:.0f} s'
        + ''.join(f', {service} {count} by its autoscaler' for service, count in lowest.items() if count > 1))


def spread(site, observer):
    observer.settle()
    wrong = uneven(site, observer, soft=True)
    check(not wrong, f'not spread: {wrong}')
    for service, pods in observer.pods().items():
        nodes = {pod['spec']['nodeName'] for pod in pods}
        check(len(nodes) == min(len(pods), len(NODES)), f'{service} lies on {sorted(nodes)} only')
        zones = {node[0] for node in nodes}
        check(len(zones) == min(len(pods), len(ZONES)), f'{service} lies in zones {sorted(zones)} only')
    say(f'ok: {total(site)} pods spread over {len(NODES)} nodes in {len(ZONES)} zones: no two of a service on a node or in a zone')


def lows(watched):
    return ', '.join(f'{service} {count}' for service, count in watched.low.items())


def roll(site, observer, change):
    """A change that rolls every Deployment keeps what the strategies promise. Seconds, and what was seen."""
    floors, surges, begun = site.strategy_floors(), site.surges(), time.monotonic()
    with observer.watch(floors) as watched:
        change()
        site.rolled_out()
        site.wait()
    watched.kept()
    above = [service for service, most in surges.items() if watched.high[service] > most]
    check(not above, f'more pods than the strategy lets: {above}: {watched.high}')
    return time.monotonic() - begun, watched


def hashes(observer):
    return {service: {pod['metadata']['labels']['pod-template-hash'] for pod in pods} for service, pods in observer.pods().items()}


def images(site):
    return {o['spec']['template']['spec']['containers'][0]['image'].rpartition(':')[2] for o in site.deployments().values()}


def upgrade_and_back(site, observer):
    before = hashes(observer)
    old_total = total(site)
    seconds, watched = roll(site, observer, lambda: site.apply(site.upgraded('9.9.9')))
    check(images(site) == {'9.9.9'} and total(site) == old_total, f'{images(site)} {total(site)}: not the new version, or not as many pods')
    kubectl('-n', site.namespace, 'wait', '--for', 'condition=Complete', 'job/hotline-migrations-9.9.9', '--timeout', '60s')
    wrong = uneven(site, observer)
    check(not wrong, f'not spread after the upgrade: {wrong}')
    say(f'ok: upgrade: {len(before)} Deployments in {seconds:.0f} s, its own Job complete; in {watched.states} states seen never '
        f'fewer ready than maxUnavailable: 0 promises ({lows(watched)}), never more than one pod above')
    seconds, watched = roll(site, observer, lambda: site.kubectl('rollout', 'undo', 'deployment', *ALL))
    check(images(site) == {site.version} and hashes(observer) == before, f'not the former revision: {images(site)}')
    say(f'ok: rollout undo: {site.version} again, the very ReplicaSets of before, in {seconds:.0f} s; {watched.states} states, '
        f'never fewer ready ({lows(watched)})')


def stuck(site, observer):
    before = hashes(observer)
    floors = site.strategy_floors()
    with observer.watch(floors) as watched:
        # The overlay waits for 300 s.
        site.kubectl('patch', 'deployment', 'hotline-intake', '-p', '{"spec":{"progressDeadlineSeconds":15}}')
        site.kubectl('set', 'image', 'deployment/hotline-intake', f'service={NEVER_READY}')
        begun = time.monotonic()
        site.kubectl('rollout', 'status', 'deployment/hotline-intake', '--timeout', '120s', refused='exceeded its progress deadline')
        seconds = time.monotonic() - begun
        site.kubectl('rollout', 'undo', 'deployment/hotline-intake')
        site.rolled_out()
        site.apply()
        site.wait()
    watched.kept()
    check(hashes(observer) == before, 'not the former revision')
    say(f'ok: a version that is never ready: called failed after {seconds:.0f} s (the deadline here is 15 s), undone; the old pods '
        f'were ready all the time (intake {watched.low["intake"]})')


def scale(site, observer, want):
    begun = time.monotonic()
    for service, replicas in want.items():
        site.scale(service, replicas)
    site.wait(want)
    observer.settle()
    return time.monotonic() - begun


def scale_up(site, observer):
    want = {'intake': 12, 'classification': len(NODES)}
    seconds = scale(site, observer, want)
    wrong = uneven(site, observer)
    check(not wrong, f'not spread after scaling: {wrong}')
    say(f'ok: scale: intake 3 to 12, two on each node, classification 2 to {len(NODES)}, one on each, in {seconds:.0f} s')


def scale_down(site, observer):
    begun = time.monotonic()
    scale(site, observer, {'classification': 2})
    site.scale('intake', 1)
    site.wait({'intake': 3})
    observer.settle()
    say(f'ok: scale: classification to 2; intake to 1, which its autoscaler makes 3, in {time.monotonic() - begun:.0f} s')


def drain_that_waits(site, observer):
    """Nowhere to go: the second pod of a service stays until the first has a place again."""
    node, others = NODES[0], NODES[1:]
    floors = site.budget_floors()
    evicted = len(on([node], observer))
    with observer.watch(floors) as watched:
        kubectl('cordon', *others)
        drain = Drain(node)
        until('a drain that waits', lambda: drain.waits() == 0 and drain.process.poll() is None and 'no eviction is put off', 60)
        time.sleep(12)
        check(drain.process.poll() is None, f'the drain does not wait: {"".join(drain.lines)}')
        check(sum(pod['spec']['nodeName'] == node for pod in observer.pods()['intake'] if ready(pod)) == 1, 'not one of two was evicted')
        elsewhere = next(name_of(pod) for pod in observer.pods()['intake'] if pod['spec'].get('nodeName') in others and ready(pod))
        evict(site, elsewhere, refused='TooManyRequests')
        held = time.monotonic() - drain.start
        kubectl('uncordon', *others)
        drain.end(site)
        site.wait()
    watched.kept()
    check(watched.low['intake'] == floors['intake'], f'nothing was evicted: {lows(watched)}')
    check(not on([node], observer), f'still on {node}: {on([node], observer)}')
    say(f'ok: drain {node}: put off {drain.waits()} times (429) in {held:.0f} s in which no other pod could start, then done, after '
        f'{drain.seconds:.0f} s: {evicted} pods are elsewhere, never fewer ready than the budgets say ({lows(watched)})')
    kubectl('uncordon', node)


def drain_a_zone(site, observer):
    nodes = ZONES['c']
    floors = site.budget_floors()
    evicted = len(on(nodes, observer))
    with observer.watch(floors) as watched:
        drains = [drain.end(site) for drain in [Drain(node) for node in nodes]]
        site.wait()
    watched.kept()
    check(not on(nodes, observer), f'still on {nodes}: {on(nodes, observer)}')
    say(f'ok: drain {" and ".join(nodes)}, a whole zone, at once: {evicted} pods elsewhere in {max(d.seconds for d in drains):.0f} s, put off '
        f'{sum(d.waits() for d in drains)} times; never fewer ready than the budgets say ({lows(watched)})')
    kubectl('uncordon', *nodes)


def without_budget(site, observer):
    """The observer sees what a budget keeps from happening."""
    floors, node = site.budget_floors(), ZONES['b'][0]
    with observer.watch(floors) as watched:
        site.kubectl('delete', 'poddisruptionbudget', 'hotline-intake')
        Drain(node).end(site)
        site.wait()
    check(any('of intake' in line for line in watched.broken), f'no fall was seen without a budget: {lows(watched)}')
    check(not any('of classification' in line for line in watched.broken), f'not only intake fell: {watched.broken}')
    kubectl('uncordon', node)
    say(f'ok: without its budget intake falls in a drain, and it is seen: {watched.low["intake"]} ready, promised {floors["intake"]}')


def without_strategy(site, observer):
    floors = site.strategy_floors()
    with observer.watch(floors) as watched:
        site.kubectl('patch', 'deployment', 'hotline-intake', '-p', '{"spec":{"strategy":{"rollingUpdate":{"maxUnavailable":"100%"}}}}')
        site.kubectl('rollout', 'restart', 'deployment/hotline-intake')
        site.rolled_out()
        site.wait()
    check(any('of intake' in line for line in watched.broken), f'no fall was seen with maxUnavailable: 100%: {lows(watched)}')
    site.apply()
    site.wait()
    check(site.strategy_floors() == floors and 'intake' in site.budget_floors(), 'an apply does not bring budget and strategy back')
    say(f'ok: with maxUnavailable: 100% intake falls in a rollout, and it is seen: {watched.low["intake"]} ready, promised '
        f'{floors["intake"]}; an apply brings budget and strategy back')


def one_of_each(site, observer):
    """Budgets do not keep a node from being drained where there is one pod of each service."""
    node = collections.Counter(pod['spec']['nodeName'] for pods in observer.pods().values() for pod in pods).most_common(1)[0][0]
    evicted = len(on([node], observer))
    drain = Drain(node).end(site)
    seconds = site.wait()
    observer.settle()
    check(not on([node], observer), f'still on {node}')
    kubectl('uncordon', node)
    say(f'ok: {site.overlay}, one pod of each: {node} is drained of {evicted}, which their budgets let go, in {drain.seconds:.0f} s; '
        f'all are available elsewhere {seconds:.0f} s later')


def run():
    begun = time.monotonic()
    make_nodes()
    with contextlib.ExitStack() as stack:
        def observe(site):
            observer = Observer(site.namespace)
            stack.callback(observer.stop)
            return observer
        site = Site('site-a')
        start(site)
        observer = observe(site)
        spread(site, observer)
        upgrade_and_back(site, observer)
        stuck(site, observer)
        scale_up(site, observer)
        drain_that_waits(site, observer)
        drain_a_zone(site, observer)
        without_budget(site, observer)
        without_strategy(site, observer)
        scale_down(site, observer)
        dev = Site('dev')
        start(dev)
        one_of_each(dev, observe(dev))
    say(f'ok: all of it in {time.monotonic() - begun:.0f} s')


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        run()
    except Failed as failure:
        say(f'error: {failure}')
        sys.exit(1)


main()
