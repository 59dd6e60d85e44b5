"""One change at a time to a good overlay: the check must name it. The overlay as it is must pass."""
import unittest

import manifests, rules


def pod(objects, name='hotline-intake', kind='Deployment'):
    return objects.find(kind, name)['spec']['template']['spec']


def container(objects, name='hotline-intake', kind='Deployment'):
    return pod(objects, name, kind)['containers'][0]


def job(objects):
    return objects.of_kind('Job')[0]


def settings_file(objects):
    return next(o['data'] for o in objects.of_kind('ConfigMap') if 'hotline.conf' in o['data'])


class HostileChanges(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.good = manifests.overlay('site-a')
        cls.custom = manifests.custom_schemas()

    def refused(self, change, because):
        """`change` is made to a copy, and a rule of ours says `because`."""
        objects = self.good.copy()
        change(objects)
        found = list(rules.problems(objects))
        self.assertTrue(any(because in problem for problem in found), f'not refused; found: {found}')

    def malformed(self, change, kind, because):
        """`change` is made to a copy, and the schema of that kind says `because`."""
        objects = self.good.copy()
        change(objects)
        found = list(manifests.schema_problems(manifests.Objects(objects.of_kind(kind)), self.custom))
        self.assertTrue(any(because in problem for problem in found), f'not refused; found: {found}')

    def test_as_it_is_it_passes(self):
        self.assertEqual(list(rules.problems(self.good)), [])

    # Privileges.
    def test_root(self):
        self.refused(lambda o: pod(o)['securityContext'].update(runAsUser=0), 'runs as root')
        self.refused(lambda o: pod(o)['securityContext'].update(runAsNonRoot=False), 'runs as root')
        self.refused(lambda o: container(o)['securityContext'].update(runAsUser=0), 'runs as root')
        self.refused(lambda o: pod(o)['securityContext'].pop('runAsNonRoot'), 'pod without runAsNonRoot')
        self.refused(lambda o: job(o)['spec']['template']['spec']['securityContext'].update(runAsUser=0), 'runs as root')

    def test_a_side_car_that_is_root(self):
        self.refused(lambda o: pod(o).update(initContainers=[{**container(o), 'name': 'first', 'securityContext': {'runAsUser': 0}}]),
                     'first runs as root')

    def test_writable_root(self):
        self.refused(lambda o: container(o)['securityContext'].update(readOnlyRootFilesystem=False), 'writable root')
        self.refused(lambda o: container(o)['securityContext'].pop('readOnlyRootFilesystem'), 'writable root')
        self.refused(lambda o: job(o)['spec']['template']['spec']['containers'][0].pop('securityContext'), 'writable root')

    def test_privileges(self):
        self.refused(lambda o: container(o)['securityContext'].update(privileged=True), 'may gain privileges')
        self.refused(lambda o: container(o)['securityContext'].pop('allowPrivilegeEscalation'), 'may gain privileges')
        self.refused(lambda o: container(o)['securityContext']['capabilities'].update(add=['NET_ADMIN']), 'keeps capabilities')
        self.refused(lambda o: container(o)['securityContext'].pop('capabilities'), 'keeps capabilities')
        self.refused(lambda o: pod(o)['securityContext']['seccompProfile'].update(type='Unconfined'), 'seccomp')
        self.refused(lambda o: pod(o)['securityContext'].pop('seccompProfile'), 'pod without seccompProfile')

    def test_the_host(self):
        self.refused(lambda o: pod(o).update(hostNetwork=True), 'hostNetwork')
        self.refused(lambda o: pod(o)['volumes'].append({'name': 'host', 'hostPath': {'path': '/'}}), 'volume host is of the host')

    def test_tokens(self):
        self.refused(lambda o: pod(o).pop('automountServiceAccountToken'), 'mounts a token')
        self.refused(lambda o: o.find('ServiceAccount', 'hotline-intake').pop('automountServiceAccountToken'), 'gives its token')
        self.refused(lambda o: pod(o).pop('serviceAccountName'), 'no service account of its own')

    def test_a_namespace_that_lets_in(self):
        self.refused(lambda o: o.of_kind('Namespace')[0]['metadata'].pop('labels'), 'does not enforce the restricted level')

    # What runs.
    def test_latest(self):
        self.refused(lambda o: container(o).update(image='registry.example/hotline:latest'), 'no stated version')
        self.refused(lambda o: container(o).update(image='registry.example:5000/hotline'), 'no stated version')

    def test_another_image(self):
        self.refused(lambda o: container(o).update(image='registry.example/else:1.2.3'), 'more than one image')

    def test_missing_limits(self):
        for what in ('cpu', 'memory'):
            self.refused(lambda o: container(o)['resources']['limits'].pop(what), f'no {what} in limits')
        self.refused(lambda o: container(o)['resources'].pop('requests'), 'no memory in requests')
        self.refused(lambda o: job(o)['spec']['template']['spec']['containers'][0].pop('resources'), 'no cpu in limits')

    def test_missing_probe(self):
        for probe in ('startupProbe', 'readinessProbe', 'livenessProbe'):
            self.refused(lambda o: container(o, 'hotline-followup').pop(probe), f'hotline-followup: service has no {probe}')

    def test_probes_that_ask_elsewhere(self):
        self.refused(lambda o: container(o)['readinessProbe']['grpc'].update(port=9345), 'no readinessProbe of the health service')
        self.refused(lambda o: container(o).update(livenessProbe={'grpc': {'port': 50345}}), 'no livenessProbe by TCP')
        self.refused(lambda o: settings_file(o).update({'hotline.conf': settings_file(o)['hotline.conf'].replace('0.0.0.0:50345', '0.0.0.0:50346')}),
                     'no startupProbe')

    def test_a_kill_before_the_end(self):
        self.refused(lambda o: pod(o).update(terminationGracePeriodSeconds=10), 'killed before')
        self.refused(lambda o: container(o).pop('lifecycle'), 'no preStop')
        self.refused(lambda o: o.find('Deployment', 'hotline-intake')['spec']['strategy']['rollingUpdate'].update(maxUnavailable='25%'),
                     'takes pods away before others are ready')

    def test_service_links(self):
        self.refused(lambda o: pod(o).pop('enableServiceLinks'), 'unknown settings')

    def test_another_service(self):
        self.refused(lambda o: container(o).update(args=['knowledge']), 'does not run intake')

    # How many, where.
    def test_not_spread(self):
        self.refused(lambda o: pod(o).pop('topologySpreadConstraints'), 'not spread over kubernetes.io/hostname')
        self.refused(lambda o: pod(o)['topologySpreadConstraints'][0].pop('nodeTaintsPolicy'), 'counts drained nodes as places over kubernetes.io/hostname')

    def test_budgets(self):
        self.refused(lambda o: o.all.remove(o.find('PodDisruptionBudget', 'hotline-intake')), 'no PodDisruptionBudget hotline-intake')
        self.refused(lambda o: o.find('PodDisruptionBudget', 'hotline-intake')['spec'].update(maxUnavailable=0), 'or none')
        self.refused(lambda o: o.find('PodDisruptionBudget', 'hotline-intake')['spec']['selector']['matchLabels'].pop('app.kubernetes.io/component'),
                     'PodDisruptionBudget hotline-intake: selects')

    def test_autoscalers(self):
        self.refused(lambda o: o.all.remove(o.find('ScaledObject', 'hotline-escalation')), 'Deployment hotline-escalation: 0 autoscalers')
        self.refused(lambda o: o.find('Deployment', 'hotline-intake')['spec'].update(replicas=3), 'which the autoscaler holds')
        scaled = lambda o: o.find('ScaledObject', 'hotline-classification')['spec']
        self.refused(lambda o: scaled(o).update(maxReplicaCount=17), 'more pods than hotline.calls.v1 has partitions')
        self.refused(lambda o: scaled(o).update(minReplicaCount=0), 'scaled to nothing')
        self.refused(lambda o: scaled(o)['triggers'][0]['metadata'].update(topic='hotline.calls.v2'), 'no topic hotline.calls.v2')
        self.refused(lambda o: scaled(o)['triggers'][0]['metadata'].update(consumerGroup='classification'), 'no group classification')
        self.refused(lambda o: o.find('ScaledObject', 'hotline-escalation')['spec']['triggers'].pop(), 'while escalation takes')

    # Who speaks to whom.
    def test_a_network_that_is_open(self):
        self.refused(lambda o: o.all.remove(o.find('NetworkPolicy', 'hotline-default-deny')), 'denies all by default')
        policy = lambda o: o.find('NetworkPolicy', 'hotline-clients')['spec']['ingress'][0]
        self.refused(lambda o: policy(o).update({'from': [{'namespaceSelector': {}}]}), 'allows everybody')
        self.refused(lambda o: policy(o).pop('from'), 'allows everybody')
        self.refused(lambda o: policy(o).pop('ports'), 'or every port')
        self.refused(lambda o: policy(o).update({'from': [{'ipBlock': {'cidr': '0.0.0.0/0'}}]}), 'allows everybody')
        self.refused(lambda o: o.find('NetworkPolicy', 'hotline-kafka')['spec'].update(podSelector={'matchLabels': {'app': 'hotline'}}), 'is for no pod')

    def test_a_service_that_reaches_others(self):
        self.refused(lambda o: o.find('Service', 'hotline-intake')['spec']['selector'].pop('app.kubernetes.io/component'),
                     'Service hotline-intake: selects')

    def test_an_ingress_that_forgets_a_service(self):
        self.refused(lambda o: o.of_kind('Ingress')[0]['spec']['rules'][0]['http']['paths'].pop(), 'not the services of the contracts')

    # What they are told.
    def test_what_is_not_there(self):
        self.refused(lambda o: container(o)['envFrom'][0]['configMapRef'].update(name='hotline-town'), 'there is no ConfigMap hotline-town')
        self.refused(lambda o: container(o)['envFrom'].append({'secretRef': {'name': 'hotline-else'}}), 'makes no Secret hotline-else')

    def test_a_secret_in_the_repository(self):
        self.refused(lambda o: o.all.append({'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {'name': 'hotline-keyring'}}),
                     'a secret in the repository')

    def test_migrations(self):
        self.refused(lambda o: job(o)['metadata'].update(name='hotline-migrations'), 'does not end in its version')
        self.refused(lambda o: settings_file(o).update({'hotline.conf': settings_file(o)['hotline.conf'].replace('migrate = check', '')}),
                     'migrate by themselves')

    # Shape.
    def test_fields_that_are_not(self):
        self.malformed(lambda o: pod(o).update(runAsRoot=True), 'Deployment', 'runAsRoot')
        self.malformed(lambda o: container(o).update(livenesProbe={}), 'Deployment', 'livenesProbe')
        self.malformed(lambda o: container(o)['readinessProbe']['grpc'].update(port='grpc'), 'Deployment', "'grpc' is not of type 'integer'")
        self.malformed(lambda o: o.find('HorizontalPodAutoscaler', 'hotline-intake')['spec'].pop('maxReplicas'), 'HorizontalPodAutoscaler', 'maxReplicas')
        self.malformed(lambda o: o.find('ScaledObject', 'hotline-followup')['spec'].update(maxReplicas=3), 'ScaledObject', 'maxReplicas')
        self.malformed(lambda o: o.find('ScaledObject', 'hotline-followup')['spec']['fallback'].update(behavior='none'), 'ScaledObject', 'none')
        self.malformed(lambda o: o.of_kind('NetworkPolicy')[0].update(apiVersion='networking.k8s.io/v1beta1'), 'NetworkPolicy', 'no schema')


if __name__ == '__main__':
    unittest.main()
