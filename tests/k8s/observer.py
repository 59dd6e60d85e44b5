"""Sees every state of a namespace's pods and endpoints, and holds it against what was promised."""
import collections, contextlib, json, subprocess, threading, time

from cluster import COMPONENT, KUBECTL, check, raw, ready, until


class Watched:
    """The fewest ready and the most living pods of each service while something went on, and each fall below its floor."""

    def __init__(self, floors):
        self.floors, self.low, self.high, self.broken, self.states, self.start = floors, {}, {}, [], 0, time.monotonic()

    def see(self, what, counts, living):
        self.states += 1
        for service, floor in self.floors.items():
            count = counts.get(service, 0)
            self.low[service] = min(self.low.get(service, count), count)
            self.high[service] = max(self.high.get(service, 0), living.get(service, 0))
            if count < floor:
                self.broken.append(f'{count} {what} of {service} ready, promised {floor}, after {time.monotonic() - self.start:.1f} s')

    def kept(self):
        check(not self.broken, f'availability fell: {"; ".join(self.broken[:3])} ({len(self.broken)} times)')


class Observer:
    """Every state that pods and endpoints of a namespace come to, in the server's order: nothing is missed between two."""

    def __init__(self, namespace):
        self.namespace, self.lock, self.watches, self.lost, self.processes = namespace, threading.Lock(), [], None, []
        self.objects = {'pods': {}, 'endpoints': {}}
        self.paths = {'pods': f'/api/v1/namespaces/{namespace}/pods',
                      'endpoints': f'/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices'}
        for what, path in self.paths.items():
            listed = raw(path)
            self.objects[what] = {o['metadata']['uid']: o for o in listed['items']}
            stream = subprocess.Popen(
                [KUBECTL, 'get', '--raw', f'{path}?watch=1&timeoutSeconds=3600&resourceVersion={listed["metadata"]["resourceVersion"]}'],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self.processes.append(stream)
            threading.Thread(target=self._follow, args=(what, stream), daemon=True).start()

    def stop(self):
        for process in self.processes:
            process.kill()

    def _follow(self, what, stream):
        for line in stream.stdout:
            event = json.loads(line)
            with self.lock:
                if event['type'] == 'ERROR':
                    self.lost = f'the watch of {what} ended: {event["object"]}'
                elif event['type'] == 'DELETED':
                    self.objects[what].pop(event['object']['metadata']['uid'], None)
                else:
                    self.objects[what][event['object']['metadata']['uid']] = event['object']
                for watched in self.watches:
                    watched.see(what, self._counts(what), self._living())
        with self.lock:
            self.lost = self.lost or f'the watch of {what} ended'

    def _pods(self):
        for pod in self.objects['pods'].values():
            service = pod['metadata'].get('labels', {}).get(COMPONENT)
            if service not in (None, 'migrations'):
                yield service, pod

    def _living(self):
        return collections.Counter(service for service, pod in self._pods() if 'deletionTimestamp' not in pod['metadata'])

    def _counts(self, what):
        if what == 'pods':
            return collections.Counter(service for service, pod in self._pods() if ready(pod))
        counts = collections.Counter()
        for endpoints in self.objects['endpoints'].values():
            service = endpoints['metadata']['labels']['kubernetes.io/service-name'].removeprefix('hotline-')
            counts[service] += sum(e['conditions'].get('ready', False) for e in endpoints['endpoints'] or [])
        return counts

    def pods(self):
        """The living pods of each service."""
        found = collections.defaultdict(list)
        with self.lock:
            for service, pod in self._pods():
                if 'deletionTimestamp' not in pod['metadata']:
                    found[service].append(pod)
        return found

    def settle(self):
        """What was seen is what there is, and endpoints have followed the pods."""
        def behind():
            for what, path in self.paths.items():
                versions = {o['metadata']['uid']: o['metadata']['resourceVersion'] for o in raw(path)['items']}
                with self.lock:
                    check(self.lost is None, self.lost)
                    if versions != {uid: o['metadata']['resourceVersion'] for uid, o in self.objects[what].items()}:
                        return f'{what} are not seen as they are'
            with self.lock:
                if self._counts('pods') != self._counts('endpoints'):
                    return f'{dict(self._counts("pods"))} pods ready, {dict(self._counts("endpoints"))} endpoints'
        until(f'{self.namespace}: the observer', behind, 60)

    @contextlib.contextmanager
    def watch(self, floors):
        self.settle()
        watched = Watched(floors)
        with self.lock:
            for what in self.objects:
                watched.see(what, self._counts(what), self._living())
            self.watches.append(watched)
        try:
            yield watched
            self.settle()
        finally:
            with self.lock:
                self.watches.remove(watched)
