package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Service keeps messages and, between Start and Stop, sends them.
type Service struct {
	c       Config
	kinds   map[string]Kind // complete at Start
	lanes   [2]*lane        // bulk, urgent
	metrics *metrics
	outage  outage

	started atomic.Bool
	stop    chan struct{} // closed by Stop: claim no more
	once    sync.Once
	ctx     context.Context // of sending; ended when Stop's patience ends
	cancel  context.CancelFunc
	drivers sync.WaitGroup
}

// New returns a service without any kind.
func New(c Config) *Service {
	if c.Keep <= 0 {
		c.Keep = DefaultKeep
	}
	if c.Senders <= 0 {
		c.Senders = DefaultSenders
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.City == nil {
		c.City = func(*db.Tx) (i18n.Text, error) { return nil, nil }
	}
	if c.Context == nil {
		c.Context = func(ctx context.Context, _ Recipient) context.Context { return ctx }
	}
	s := &Service{c: c, kinds: map[string]Kind{}, stop: make(chan struct{}), lanes: newLanes()}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Register adds kinds of message, before Start. A name used twice or a kind
// without a renderer is a programmer's mistake and panics.
func (s *Service) Register(kinds ...Kind) {
	for _, k := range kinds {
		if _, twice := s.kinds[k.Name]; twice || k.Name == "" || k.Render == nil || s.started.Load() {
			panic(fmt.Sprintf("deliver: kind %q is registered twice, has no name or renderer, or comes after Start", k.Name))
		}
		s.kinds[k.Name] = k
	}
}

// Send keeps the message in the transaction: one insert. It goes out soon after
// the commit.
func (s *Service) Send(tx *db.Tx, m Message) error {
	if _, ok := s.kinds[m.Kind]; !ok {
		return fmt.Errorf("deliver.Send: nobody registered the kind %q", m.Kind)
	}
	if m.To == 0 && m.Address == "" {
		return fmt.Errorf("deliver.Send(%s): to nobody", m.Kind)
	}
	payload, ok := m.Data.(json.RawMessage)
	if !ok {
		var err error
		if payload, err = json.Marshal(m.Data); err != nil {
			return fmt.Errorf("deliver.Send(%s): %w", m.Kind, err)
		}
	}
	l, urgent := s.lanes[0], int64(0)
	if m.Urgent {
		l, urgent = s.lanes[1], 1
	}
	_, err := tx.Exec(`INSERT INTO deliveries (id, person, kind, payload, address, lang, office, urgent, due)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		int64(db.NewID()), int64(m.To), m.Kind, string(payload), m.Address, string(m.Lang), int64(m.Office), urgent, db.Micros(tx.Now))
	if err != nil {
		return fmt.Errorf("deliver.Send(%s): %w", m.Kind, err)
	}
	tx.After(l.nudge)
	return nil
}

// Nudge makes this node look for messages that are due. Send does it by
// itself; a test that moves the clock does it by hand.
func (s *Service) Nudge() {
	for _, l := range s.lanes {
		l.nudge()
	}
}

// Start begins to send. It returns at once; a service is started once.
func (s *Service) Start(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "deliver.Start")
	if s.metrics, err = newMetrics(s.c.DB, s.c.Metrics); err != nil {
		return err
	}
	if s.started.Swap(true) {
		return errors.New("already started")
	}
	s.drivers.Add(s.c.Senders + 1)
	go func() {
		s.reclaim()
		for range s.c.Senders {
			go s.drive(s.lanes[0])
		}
		go s.drive(s.lanes[1])
	}()
	return nil
}

// Stop finishes the message under way, until ctx ends at the latest, and gives
// back the rest. Without Start it does nothing.
func (s *Service) Stop(ctx context.Context) error {
	if !s.started.Load() {
		return nil
	}
	s.once.Do(func() { close(s.stop) })
	ended := make(chan struct{})
	go func() {
		s.drivers.Wait()
		close(ended)
	}()
	defer s.cancel()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
	}
	s.cancel()
	last := time.NewTimer(stopGrace)
	defer last.Stop()
	select {
	case <-ended:
		return nil
	case <-last.C:
		return fmt.Errorf("deliver.Stop: a message is still under way: %w", ctx.Err())
	}
}

func (s *Service) stopping() bool {
	select {
	case <-s.stop:
		return true
	default:
		return false
	}
}
