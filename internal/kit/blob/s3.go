// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"path"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"yuanba/internal/kit/errs"
)

// S3Options say where an S3 store is and who we are there.
type S3Options struct {
	Endpoint  string // host:port
	Bucket    string // must exist
	Prefix    string // before every name, such as "yuanba/"; may be empty
	Region    string // "us-east-1" if empty
	AccessKey string
	SecretKey string
	Plain     bool              // speak HTTP, not HTTPS: for a store on the same machine
	Transport http.RoundTripper // may be nil
}

// An S3 is a store in a bucket of a service that speaks S3.
type S3 struct {
	client *minio.Client
	bucket string
	prefix string
}

// OpenS3 opens the store and sees that the bucket is there.
func OpenS3(ctx context.Context, o S3Options) (*S3, error) {
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	c, err := minio.New(o.Endpoint, &minio.Options{
		Creds:     credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""),
		Secure:    !o.Plain,
		Region:    o.Region,
		Transport: o.Transport,
	})
	if err != nil {
		return nil, fmt.Errorf("open S3 store: %w", err)
	}
	switch ok, err := c.BucketExists(ctx, o.Bucket); {
	case err != nil:
		return nil, fmt.Errorf("open S3 store: %w", err)
	case !ok:
		return nil, fmt.Errorf("open S3 store: there is no bucket %q at %s", o.Bucket, o.Endpoint)
	}
	return &S3{client: c, bucket: o.Bucket, prefix: o.Prefix}, nil
}

func (s *S3) key(n Name) string { return s.prefix + string(n) }

// Put implements [Store].
func (s *S3) Put(ctx context.Context, name Name, data []byte) error {
	if _, err := ParseName(string(name)); err != nil {
		return err
	}
	if i, err := s.Stat(ctx, name); err == nil && i.Size == int64(len(data)) && time.Since(i.At) < fresh {
		return nil
	}
	_, err := s.client.PutObject(ctx, s.bucket, s.key(name), bytes.NewReader(data), int64(len(data)),
		minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true})
	return s.fault(err)
}

// Open implements [Store].
func (s *S3) Open(ctx context.Context, name Name) (Object, error) {
	if _, err := s.Stat(ctx, name); err != nil {
		return nil, err
	}
	o, err := s.client.GetObject(ctx, s.bucket, s.key(name), minio.GetObjectOptions{})
	if err != nil {
		return nil, s.fault(err)
	}
	return o, nil
}

// Stat implements [Store].
func (s *S3) Stat(ctx context.Context, name Name) (Info, error) {
	if _, err := ParseName(string(name)); err != nil {
		return Info{}, err
	}
	i, err := s.client.StatObject(ctx, s.bucket, s.key(name), minio.StatObjectOptions{})
	if err != nil {
		return Info{}, s.fault(err)
	}
	return Info{Name: name, Size: i.Size, At: i.LastModified}, nil
}

// Delete implements [Store].
func (s *S3) Delete(ctx context.Context, name Name) error {
	if _, err := ParseName(string(name)); err != nil {
		return err
	}
	err := s.fault(s.client.RemoveObject(ctx, s.bucket, s.key(name), minio.RemoveObjectOptions{}))
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	return err
}

// Walk implements [Store].
func (s *S3) Walk(ctx context.Context, f func(Info) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix, Recursive: true}) {
		if o.Err != nil {
			return s.fault(o.Err)
		}
		name, err := ParseName(path.Base(o.Key))
		if err != nil || s.key(name) != o.Key {
			continue // not ours
		}
		if err := f(Info{Name: name, Size: o.Size, At: o.LastModified}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// fault gives what the service answers its public form.
func (s *S3) fault(err error) error {
	if err == nil {
		return nil
	}
	switch r := minio.ToErrorResponse(err); {
	case r.StatusCode == http.StatusNotFound, r.Code == minio.NoSuchKey:
		return gone(err)
	case r.StatusCode == http.StatusInsufficientStorage:
		return &errs.Error{Kind: errs.Full, Key: "blob.full", Err: err}
	case r.StatusCode == http.StatusServiceUnavailable:
		return &errs.Error{Kind: errs.Busy, Key: "blob.busy", Err: err}
	}
	return fmt.Errorf("S3 store: %w", err)
}
