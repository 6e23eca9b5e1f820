// A small framework on mesos-go, a client that this project did not write. It launches tasks and one that would never
// end, kills that one, and prints each status. When all have ended it takes its framework down.
//
// Usage: mesosgo URL json|protobuf TASKS
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	mesos "github.com/mesos/mesos-go/api/v1/lib"
	"github.com/mesos/mesos-go/api/v1/lib/encoding/codecs"
	"github.com/mesos/mesos-go/api/v1/lib/extras/scheduler/callrules"
	"github.com/mesos/mesos-go/api/v1/lib/extras/scheduler/controller"
	"github.com/mesos/mesos-go/api/v1/lib/extras/scheduler/eventrules"
	"github.com/mesos/mesos-go/api/v1/lib/extras/store"
	"github.com/mesos/mesos-go/api/v1/lib/httpcli"
	"github.com/mesos/mesos-go/api/v1/lib/httpcli/httpsched"
	"github.com/mesos/mesos-go/api/v1/lib/resources"
	"github.com/mesos/mesos-go/api/v1/lib/scheduler"
	"github.com/mesos/mesos-go/api/v1/lib/scheduler/calls"
	"github.com/mesos/mesos-go/api/v1/lib/scheduler/events"
)

const (
	role    = "batch"
	endless = "endless"
)

type framework struct {
	caller  calls.Caller
	waiting []string
	open    int
	stop    context.CancelFunc
}

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: mesosgo URL json|protobuf TASKS"))
	}
	tasks, err := strconv.Atoi(os.Args[3])
	if err != nil {
		fail(err)
	}
	f := &framework{waiting: []string{endless}, open: tasks + 1}
	for i := 0; i < tasks; i++ {
		f.waiting = append(f.waiting, fmt.Sprintf("task-%d", i))
	}
	if err := f.run(os.Args[1], os.Args[2]); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func (f *framework) run(url, codecName string) error {
	codec := codecs.ByMediaType[codecs.MediaTypeProtobuf]
	if codecName == codecs.NameJSON {
		codec = codecs.ByMediaType[codecs.MediaTypeJSON]
	}
	id := store.NewInMemorySingleton()
	client := httpcli.New(httpcli.Endpoint(url), httpcli.Codec(codec))
	f.caller = callrules.New(callrules.WithFrameworkID(store.GetIgnoreErrors(id))).
		Caller(httpsched.NewCaller(client))
	ctx, stop := context.WithCancel(context.Background())
	f.stop = stop
	rules := eventrules.New(
		controller.LiftErrors(),
		controller.TrackSubscription(id, 0),
		controller.AckStatusUpdates(f.caller))
	err := controller.Run(
		ctx, describe(), f.caller,
		controller.WithFrameworkID(store.GetIgnoreErrors(id)),
		controller.WithEventHandler(rules.Handle(events.HandlerFuncs{
			scheduler.Event_SUBSCRIBED: f.onSubscribed,
			scheduler.Event_OFFERS:     f.onOffers,
			scheduler.Event_UPDATE:     f.onUpdate,
		})),
		controller.WithSubscriptionTerminated(func(err error) {
			if err != nil && f.open > 0 {
				fail(err) // no stream ends in this test
			}
		}))
	if f.open == 0 {
		return nil
	}
	return err
}

func describe() *mesos.FrameworkInfo {
	return &mesos.FrameworkInfo{
		User:  "root",
		Name:  "mesos-go",
		Roles: []string{role},
		Capabilities: []mesos.FrameworkInfo_Capability{
			{Type: mesos.FrameworkInfo_Capability_MULTI_ROLE},
			{Type: mesos.FrameworkInfo_Capability_PARTITION_AWARE},
		},
	}
}

func (f *framework) onSubscribed(_ context.Context, e *scheduler.Event) error {
	fmt.Println("subscribed", e.GetSubscribed().GetFrameworkID().GetValue())
	return nil
}

func (f *framework) onOffers(ctx context.Context, e *scheduler.Event) error {
	for _, offer := range e.GetOffers().GetOffers() {
		if err := f.answer(ctx, offer); err != nil {
			return err
		}
	}
	return nil
}

// answer launches one task on each cpu of an offer, or declines it.
func (f *framework) answer(ctx context.Context, offer mesos.Offer) error {
	cpus, _ := resources.CPUs(offer.Resources...)
	var tasks []mesos.TaskInfo
	for ; cpus >= 1 && len(f.waiting) > 0; cpus-- {
		tasks = append(tasks, newTask(f.waiting[0], offer.AgentID))
		f.waiting = f.waiting[1:]
	}
	if len(tasks) == 0 {
		return calls.CallNoData(ctx, f.caller, calls.Decline(offer.ID).With(calls.RefuseSeconds(0)))
	}
	accept := calls.Accept(calls.OfferOperations{calls.OpLaunch(tasks...)}.WithOffers(offer.ID))
	return calls.CallNoData(ctx, f.caller, accept.With(calls.RefuseSeconds(0)))
}

func newTask(id string, agent mesos.AgentID) mesos.TaskInfo {
	command := "echo " + id
	if id == endless {
		command = "sleep infinity"
	}
	task := mesos.TaskInfo{
		Name:    id,
		TaskID:  mesos.TaskID{Value: id},
		AgentID: agent,
		Command: &mesos.CommandInfo{Value: &command},
		Resources: []mesos.Resource{
			resources.NewCPUs(1).Resource,
			resources.NewMemory(32).Resource,
		},
	}
	return task
}

func (f *framework) onUpdate(ctx context.Context, e *scheduler.Event) error {
	status := e.GetUpdate().GetStatus()
	id, state := status.TaskID.Value, status.GetState()
	fmt.Println(id, state)
	switch state {
	case mesos.TASK_STARTING:
		return nil
	case mesos.TASK_RUNNING:
		if id == endless {
			return calls.CallNoData(ctx, f.caller, calls.Kill(id, status.GetAgentID().GetValue()))
		}
		return nil
	case mesos.TASK_FINISHED, mesos.TASK_KILLED:
		f.open--
	default:
		return fmt.Errorf("%s is %s: %s", id, state, status.GetMessage())
	}
	if f.open > 0 {
		return nil
	}
	err := calls.CallNoData(ctx, f.caller, &scheduler.Call{Type: scheduler.Call_TEARDOWN})
	f.stop()
	return err
}
