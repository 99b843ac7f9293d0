// SPDX-License-Identifier: Apache-2.0

// Package app puts the program together: it opens the database, builds every
// service in the order of the picture in ARCHITECTURE.md, wires who hears whom,
// runs the timetable of jobs, and serves the pages.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/calendars"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/exchange"
	"yuanba/internal/domain/field"
	"yuanba/internal/domain/hotissues"
	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/questions"
	"yuanba/internal/domain/routing"
	"yuanba/internal/domain/trail"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/bus"
	"yuanba/internal/kit/chat"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/schema"
)

// An App is the program put together.
type App struct {
	Config  Config
	Options Options
	DB      *sqldb.DB
	Box     *seal.Box
	Blobs   *blob.Keeper
	Bus     *bus.Bus

	Calendars  *calendars.Service
	Places     *places.Service
	Orgs       *orgs.Service
	People     *people.Service
	Access     *access.Service
	Field      *field.Service
	Letters    *letters.Service
	Matters    *matters.Service
	Patrol     *patrol.Service
	Affairs    *affairs.Service
	Questions  *questions.Service
	Desk       *desk.Service
	Volunteers *volunteers.Service
	Routing    *routing.Service
	Exchange   *exchange.Service
	Webhooks   *webhooks.Service
	Hot        *hotissues.Service
	Insights   *insights.Service
	Sealer     *trail.Sealer

	Indexer  *matters.Indexer
	Notifier *matters.Notifier
	Hooks    *webhooks.Taker
	Keeper   *insights.Keeper
	Jobs     *jobs.Queue
	Live     *insights.Live

	Tray *letters.Tray // where messages land in a demonstration; nil where they are sent
	demo string        // the key with which a demonstration is tried by programs
	log  *slog.Logger
	work worker
}

// Options are what is not configuration: how this run differs from a service.
type Options struct {
	Demo    bool             // the cast signs in with one click; texts to telephones land in a page
	Clock   func() time.Time // the simulation's
	IDs     *id.Source       // the simulation's
	Relaxed bool             // do not wait for the disk: for making a demonstration town
	Log     *slog.Logger
	Keys    seal.KeyProvider // nil: the file that the configuration names
	Random  io.Reader        // where secrets come from; nil: the system's chance
}

// New opens the database, brings it up to date, and builds every service. The
// keys and the folder of files are made at the first start. A database that is
// another program's, or a newer one's, and a town whose keys are missing, are
// refused untouched.
func New(ctx context.Context, cfg Config, o Options) (*App, error) {
	if _, err := sqldb.Look(ctx, cfg.DB, schema.Files); err != nil {
		return nil, err
	}
	db, err := sqldb.Open(ctx, cfg.DB, sqldb.Options{Clock: o.Clock, IDs: o.IDs, Relaxed: o.Relaxed})
	if err != nil {
		return nil, err
	}
	a := &App{Config: cfg, Options: o, DB: db, Bus: bus.New(), log: o.Log}
	if a.log == nil {
		a.log = slog.Default()
	}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	if err := a.DB.Migrate(ctx, a.Config.DB, schema.Files); err != nil {
		return err
	}
	if err := a.build(ctx); err != nil {
		return err
	}
	a.wire()
	if err := a.loadAll(ctx); err != nil {
		return err
	}
	if !a.Options.Demo {
		return nil
	}
	if err := a.pretend(ctx); err != nil || a.Options.Relaxed {
		return err
	}
	return a.enterKey(ctx)
}

// build makes the services from the ground up.
func (a *App) build(ctx context.Context) error {
	data := filepath.Dir(a.Config.KeysPath())
	keys := a.Options.Keys
	if keys == nil {
		if err := KeysFit(ctx, a.Config, a.DB); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if keys == nil {
		file, err := seal.OpenFile(a.Config.KeysPath())
		if err != nil {
			return fmt.Errorf("keys: %w", err)
		}
		keys = file
	}
	a.Box = seal.New(keys)
	var err error
	if a.Sealer, err = trail.NewSealer(a.DB, trail.Keys{Dir: data}); err != nil {
		return err
	}
	if a.Blobs, err = a.openBlobs(ctx); err != nil {
		return err
	}
	random := a.random()
	a.Calendars = calendars.New(a.DB)
	a.Places = places.New(a.DB)
	a.Orgs = orgs.New(a.DB, orgs.Options{Role: access.KnownRole})
	var sender people.Sender
	if a.Options.Demo || a.Config.SMS.URL != "" {
		sender = codes{a}
	}
	a.People = people.New(a.DB, a.Box, people.Options{Sender: sender})
	a.Access = access.New(a.DB, a.Orgs, a.Box, access.Options{Random: random, Demo: a.Options.Demo, RequireSecond: !a.Options.Demo})
	if err := a.openLetters(random); err != nil {
		return err
	}
	a.Matters = matters.New(matters.Needs{DB: a.DB, Places: a.Places, Orgs: a.Orgs, People: a.People, Letters: a.Letters, Calendars: a.Calendars, Seal: a.Box, Bus: a.Bus, Random: random})
	a.Affairs = affairs.New(affairs.Needs{DB: a.DB, Places: a.Places, Orgs: a.Orgs, People: a.People, Calendars: a.Calendars, Letters: a.Letters, Seal: a.Box, Random: random})
	a.Letters.Hear(affairs.NewsOfVillages, a.Affairs)
	if err := a.openField(random); err != nil {
		return err
	}
	a.Letters.Hear(matters.NewsOfMatters, a.Matters)
	a.Letters.Hear(matters.WeekOfUnits, a.Matters.Weeks())
	a.Letters.HearWeekly()
	a.Patrol = patrol.New(patrol.Needs{DB: a.DB, Places: a.Places, Orgs: a.Orgs, People: a.People, Matters: a.Matters, Letters: a.Letters, Seal: a.Box, Bus: a.Bus})
	a.Letters.Hear(patrol.NewsOfMissed, a.Patrol)
	a.Desk = desk.New(desk.Needs{DB: a.DB, Places: a.Places, Orgs: a.Orgs, People: a.People, Access: a.Access, Calendars: a.Calendars, Letters: a.Letters, Seal: a.Box, Random: random})
	a.Letters.Hear(desk.NewsOfBookings, a.Desk)
	a.Volunteers = volunteers.New(volunteers.Needs{DB: a.DB, Places: a.Places, Orgs: a.Orgs, People: a.People, Letters: a.Letters, Matters: a.Matters, Seal: a.Box})
	for what, news := range a.Volunteers.News() {
		a.Letters.Hear(what, news)
	}
	a.Routing = routing.New(routing.Needs{DB: a.DB, Matters: a.Matters, Orgs: a.Orgs, Places: a.Places, Calendars: a.Calendars, People: a.People, Letters: a.Letters, Log: a.log})
	a.Letters.Hear(routing.NewsOfSorting, a.Routing.Stops())
	a.Matters.GuideBy(a.Routing)
	a.Questions = questions.New(questions.Needs{
		DB: a.DB, Places: a.Places, Orgs: a.Orgs, People: a.People, Calendars: a.Calendars, Letters: a.Letters, Matters: a.Matters, Seal: a.Box, Random: random, Log: a.log, Guess: a.guess,
	})
	if w := a.Config.Wording; w.URL != "" {
		a.Questions.Word = chat.Service{URL: w.URL, Model: w.Model, Key: w.Key, Within: w.Within}
	}
	a.Letters.Hear(questions.NewsOfQuestions, a.Questions)
	a.Exchange = exchange.New(exchange.Needs{DB: a.DB, Orgs: a.Orgs, Places: a.Places, Matters: a.Matters, Seal: a.Box, Log: a.log, Dial: a.dial, Fetch: a.fetchPhoto, Photo: a.photoAddress})
	a.Webhooks = webhooks.New(webhooks.Needs{
		DB: a.DB, Places: a.Places, People: a.People, Access: a.Access, Letters: a.Letters, Matters: a.Matters, Seal: a.Box, Random: random, Log: a.log,
		Sender: sync.OnceValue(a.hookSender), Plain: a.plainHook, Write: a.hookMessage,
	})
	a.Letters.Hear(webhooks.NewsOfHooks, a.Webhooks)
	a.Hot = hotissues.New(hotissues.Needs{DB: a.DB, Matters: a.Matters, Places: a.Places})
	a.Insights = insights.New(insights.Needs{DB: a.DB, Matters: a.Matters, Places: a.Places, Orgs: a.Orgs, Calendar: a.Calendars.Town})
	a.Keeper, a.Live = a.Insights.NewKeeper(), a.Insights.NewLive(a.log)
	a.Indexer, a.Notifier = a.Matters.NewIndexer(), a.Matters.NewNotifier()
	a.Hooks = a.Webhooks.NewTaker()
	a.work.followers = a.followers()
	a.Jobs = a.newJobs()
	return nil
}

// KeysFit says why the file of keys is not the one that the private facts in a
// database are sealed with; nil if it is, or if nothing is sealed yet. It makes
// no file: new keys would open nothing of what is there.
func KeysFit(ctx context.Context, cfg Config, db *sqldb.DB) error {
	known, err := people.New(db, nil, people.Options{}).SealedWith(ctx)
	if err != nil || known == "" {
		return err
	}
	if _, err := os.Stat(cfg.KeysPath()); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the private facts in this database are sealed with the keys %s, and the file %s is missing: put it back, or name it with YUANBA_KEYS", known, cfg.KeysPath())
	}
	file, err := seal.OpenFile(cfg.KeysPath())
	if err != nil {
		return err
	}
	return people.New(db, seal.New(file), people.Options{}).CheckKeys(ctx)
}

// loadAll reads into memory what every request needs.
func (a *App) loadAll(ctx context.Context) error {
	if err := a.People.CheckKeys(ctx); err != nil {
		return err
	}
	if err := a.Places.Load(ctx); err != nil {
		return err
	}
	if err := a.Orgs.Load(ctx); err != nil {
		return err
	}
	if err := a.Calendars.Load(ctx); err != nil {
		return err
	}
	if err := a.Matters.LoadCatalogue(ctx); err != nil {
		return err
	}
	return a.Desk.Load(ctx)
}

func (a *App) openBlobs(ctx context.Context) (*blob.Keeper, error) {
	var store blob.Store
	var err error
	if s := a.Config.S3; s.Endpoint != "" {
		store, err = blob.OpenS3(ctx, blob.S3Options{Endpoint: s.Endpoint, Bucket: s.Bucket, Region: s.Region, AccessKey: s.AccessKey, SecretKey: s.SecretKey})
	} else {
		store, err = blob.OpenDisk(a.Config.FilesPath())
	}
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	key, err := a.key("files")
	if err != nil {
		return nil, err
	}
	return blob.NewKeeper(store, key, 2)
}

// demoGather is how long letters wait for more news in a demonstration, where
// somebody sits and waits for them.
const demoGather = 15 * time.Second

// openLetters makes the service of letters: by the channels of the configuration,
// in a demonstration to a tray, and without either to nobody.
func (a *App) openLetters(random io.Reader) error {
	n := letters.Needs{DB: a.DB, People: a.People, Access: a.Access, Seal: a.Box, Address: a.Config.Address(), Town: a.town, Phone: a.Config.Phone, Random: random}
	var err error
	if a.Options.Demo {
		a.Tray = &letters.Tray{}
		n.Ways, n.Gather = a.Tray.Ways(), demoGather
	} else {
		if n.Ways, err = a.Config.Ways(); err != nil {
			return err
		}
		if len(a.Config.Push.hosts()) > 0 {
			secret, err := a.key("push")
			if err != nil {
				return err
			}
			if n.Ways[notify.Push], err = a.Config.pushWay(secret); err != nil {
				return err
			}
		}
		if n.Alarm, err = a.Config.AlarmWay(); err != nil {
			return err
		}
	}
	a.Letters = letters.New(n)
	return nil
}

// codes sends codes to telephones by the service of letters, which stands above
// that of people.
type codes struct{ a *App }

func (c codes) Send(ctx context.Context, to people.Phone, code people.Code) error {
	return c.a.Letters.Texter().Send(ctx, to, code)
}

// town is the town's name, as pages and letters show it.
func (a *App) town() i18n.Text {
	if city, ok := a.Places.Tree().City(); ok && city.Name.ZH != "" {
		return city.Name
	}
	return i18n.Text{ZH: "院坝", EN: "Yuanba"}
}

// key derives a secret for one purpose from the town's keys.
func (a *App) key(purpose string) ([]byte, error) { return a.Box.Index("app.key", purpose) }

// Close ends everything. What was acknowledged is on disk.
func (a *App) Close() error {
	a.Stop()
	return a.DB.Close()
}

// random is where secrets come from.
func (a *App) random() io.Reader {
	if a.Options.Random != nil {
		return a.Options.Random
	}
	return rand.Reader
}
