package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/guest"
	"github.com/doublehop/doublehop/provision/plan"
)

// ExecResult is how a command in a guest ended.
type ExecResult struct {
	Code   int      `json:"code"`
	Output []string `json:"output"`
}

// execLimits is how long a command may take, and the boot before it.
var execLimits = guest.Patience{Silence: 15 * time.Minute, Limit: time.Hour} //nolint:gochecknoglobals // a constant that Go cannot write as one

// Exec runs one line of cmd in a machine through its runner and gives back
// what it wrote. A command that ends with another code than 0 is a result, not
// an error. The machine must stand at a stage: a guest in the middle of one
// has its own work.
func (e *Engine) Exec(ctx context.Context, machine, command string) (ExecResult, error) {
	job, err := catalog.Command(command)
	if err != nil {
		return ExecResult{}, &UsageError{err.Error()}
	}
	job.ID = "EXEC-" + strings.ToUpper(newAsk())
	domain := plan.Domain(e.instance, machine)
	x, err := e.driver.Machine(ctx, domain)
	if err != nil {
		return ExecResult{}, err
	}
	if x.Mark.Facts[plan.FactPhase] != plan.PhaseStand {
		return ExecResult{}, &UsageError{fmt.Sprintf("machine %s is in the middle of a stage; `doublehop up` goes on with it", machine)}
	}
	if x.State != drivers.Running {
		return ExecResult{}, &UsageError{fmt.Sprintf("machine %s is %s; `doublehop start` switches it on", machine, x.State)}
	}
	b := e.newBox(plan.Machine{Name: machine, Domain: domain})
	ctx, stop := context.WithCancel(ctx)
	done, err := b.follow(ctx)
	if err != nil {
		stop()
		return ExecResult{}, err
	}
	defer func() {
		stop()
		<-done //nolint:errcheck // what the line said is in the result, or it has stalled
	}()
	patience := execLimits
	patience.Alive = b.alive()
	b.phase("waiting for the runner") // a runner that is there sees the disc at once, one that boots finds it
	result, err := b.deliver(ctx, job, patience)
	if failed, ok := errors.AsType[*guest.Failed](err); ok {
		return ExecResult{Code: failed.Code, Output: failed.Output}, nil
	}
	return ExecResult{Code: result.Code, Output: result.Output}, err
}
