// SPDX-License-Identifier: Apache-2.0

package georeport

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Client asks another server. It asks in XML, which every server must write.
type Client struct {
	Endpoint     string // as its discovery names it, without a slash at the end
	Jurisdiction string // sent with everything if it is not empty
	Key          string // sent with what is posted
	HTTP         *http.Client
}

// maxBody bounds what is read of an answer, in bytes.
const maxBody = 32 << 20

// A Refused is the error of a server that answered and did not do what it was
// asked.
type Refused struct {
	Status int
	Faults []Fault
	After  time.Duration // when it may be asked again, if it said so
}

// Error is what the server said.
func (r *Refused) Error() string {
	var said []string
	for _, f := range r.Faults {
		if t := f.Description.Text(); t != "" {
			said = append(said, t)
		}
	}
	return strings.TrimSuffix(fmt.Sprintf("status %d: %s", r.Status, strings.Join(said, "; ")), ": ")
}

// ForGood reports whether asking again the same would be answered the same.
func (r *Refused) ForGood() bool {
	switch r.Status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusConflict:
		return false
	}
	return r.Status >= 400 && r.Status < 500
}

// Missing reports whether the server does not know what was asked for.
func (r *Refused) Missing() bool {
	return r.Status == http.StatusNotFound || r.Status == http.StatusMethodNotAllowed || r.Status == http.StatusNotImplemented
}

func (c *Client) ask(ctx context.Context, method, path string, v url.Values) ([]byte, error) {
	if v == nil {
		v = url.Values{}
	}
	if c.Jurisdiction != "" {
		v.Set("jurisdiction_id", c.Jurisdiction)
	}
	address := strings.TrimRight(c.Endpoint, "/") + "/" + path
	var body io.Reader
	if method == http.MethodPost {
		if c.Key != "" {
			v.Set("api_key", c.Key)
		}
		body = strings.NewReader(v.Encode())
	} else if len(v) > 0 {
		address += "?" + v.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "text/xml, application/xml")
	r.Header.Set("User-Agent", "yuanba")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	}
	res, err := c.HTTP.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, err
	case len(b) > maxBody:
		return nil, fmt.Errorf("the answer is longer than %d bytes", maxBody)
	case res.StatusCode >= 300:
		refused := &Refused{Status: res.StatusCode}
		refused.Faults, _ = ReadList[Fault](XML, FaultsDoc, b) // not every server says why
		if n, ok := Number(res.Header.Get("Retry-After")).Float(); ok && n > 0 && n < 86400 {
			refused.After = time.Duration(n) * time.Second
		}
		return nil, refused
	}
	return b, nil
}

// Services asks which services there are.
func (c *Client) Services(ctx context.Context) ([]Service, error) {
	b, err := c.ask(ctx, http.MethodGet, "services.xml", nil)
	if err != nil {
		return nil, err
	}
	return ReadList[Service](XML, ServicesDoc, b)
}

// Send sends a request. An error that is no [Refused] leaves open whether the
// server took it.
func (c *Client) Send(ctx context.Context, v url.Values) (r Receipt, err error) {
	b, err := c.ask(ctx, http.MethodPost, "requests.xml", v)
	if err != nil {
		return r, err
	}
	list, err := ReadList[Receipt](XML, RequestsDoc, b)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("the answer holds no request")
	}
	if err != nil {
		return r, err
	}
	return list[0], nil
}

// ByToken asks for the ID that a token stands for; "" if there is none yet.
func (c *Client) ByToken(ctx context.Context, token string) (string, error) {
	b, err := c.ask(ctx, http.MethodGet, "tokens/"+url.PathEscape(token)+".xml", nil)
	if err != nil {
		return "", err
	}
	list, err := ReadList[Token](XML, RequestsDoc, b)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].ID.Text(), nil
}

// Requests asks for requests.
func (c *Client) Requests(ctx context.Context, v url.Values) ([]Request, error) {
	b, err := c.ask(ctx, http.MethodGet, "requests.xml", v)
	if err != nil {
		return nil, err
	}
	return ReadList[Request](XML, RequestsDoc, b)
}

// Updates asks what happened to requests between two moments.
func (c *Client) Updates(ctx context.Context, from, to time.Time) ([]Update, error) {
	b, err := c.ask(ctx, http.MethodGet, "servicerequestupdates.xml", url.Values{"start_date": {string(Stamp(from, time.UTC))}, "end_date": {string(Stamp(to, time.UTC))}})
	if err != nil {
		return nil, err
	}
	return ReadList[Update](XML, UpdatesDoc, b)
}

// SendUpdate tells what happened to a request. The server takes the same update_id
// once.
func (c *Client) SendUpdate(ctx context.Context, v url.Values) error {
	_, err := c.ask(ctx, http.MethodPost, "servicerequestupdates.xml", v)
	return err
}
