// What runs in the database. Each function is one round trip and one transaction.

/** Creates the functions of layout 1. */
export const functions: string = `
  -- Stores a batch. names: its topics, each once; the other arrays: one entry for each envelope, topic_at
  -- counting names from 1, no envelope twice. Duplicates are told by their place, from 1. Those that are
  -- left have the sequences from first_sequence on, in order.
  CREATE FUNCTION posthorn.append(
    names bytea[], categories smallint[], topic_at int[], times bigint[], digests bytea[],
    messages bytea[], at_ns bigint,
    OUT first_sequence bigint, OUT duplicate_at bigint[], OUT duplicate_sequences bigint[]
  ) LANGUAGE plpgsql AS $$
  DECLARE
    last posthorn.batches;
    ids bigint[];
    made bigint := 0;
    added bigint;
  BEGIN
    -- Whoever waits here sees, from the next statement on, all that was committed before it.
    PERFORM 1 FROM posthorn.head FOR UPDATE;
    SELECT * INTO last FROM posthorn.batches ORDER BY height DESC LIMIT 1;
    first_sequence := last.last_sequence + 1;

    SELECT array_agg(t.id ORDER BY n.at) INTO ids
      FROM unnest(names) WITH ORDINALITY n (name, at) LEFT JOIN posthorn.topics t USING (name);
    IF array_position(ids, NULL) IS NOT NULL THEN
      INSERT INTO posthorn.topics (name)
        SELECT n.name FROM unnest(names, ids) n (name, id) WHERE n.id IS NULL;
      GET DIAGNOSTICS made = ROW_COUNT;
      SELECT array_agg(t.id ORDER BY n.at) INTO ids
        FROM unnest(names) WITH ORDINALITY n (name, at) JOIN posthorn.topics t USING (name);
    END IF;

    SELECT coalesce(array_agg(n.at), '{}'), coalesce(array_agg(e.sequence), '{}')
      INTO duplicate_at, duplicate_sequences
      FROM unnest(topic_at, times, digests) WITH ORDINALITY n (topic_at, time, digest, at)
      JOIN posthorn.envelopes e
        ON e.topic = ids[n.topic_at] AND e.time = n.time AND e.digest = n.digest;

    INSERT INTO posthorn.envelopes (sequence, topic, time, category, digest, message)
      SELECT last.last_sequence + row_number() OVER (ORDER BY n.at), ids[n.topic_at], n.time,
          categories[n.topic_at], n.digest, n.message
        FROM unnest(topic_at, times, digests, messages)
          WITH ORDINALITY n (topic_at, time, digest, message, at)
        WHERE n.at <> ALL (duplicate_at);
    GET DIAGNOSTICS added = ROW_COUNT;
    IF added = 0 THEN
      RETURN;
    END IF;

    INSERT INTO posthorn.batches
      SELECT last.height + 1, first_sequence, last.last_sequence + added,
          greatest(last.committed_ns,
            coalesce(at_ns, (extract(epoch FROM clock_timestamp()) * 1000000000)::bigint)),
          sha256(last.hash || int8send(last.height + 1) || 
            string_agg(int8send(n.time # x'8000000000000000'::bigint) || n.digest, '' ORDER BY n.at)),
          last.topics + made, 0
        FROM unnest(times, digests) WITH ORDINALITY n (time, digest, at)
        WHERE n.at <> ALL (duplicate_at);
    PERFORM pg_notify('posthorn_arrival', '');
  END $$;

  -- Deletes the first rows of a category that were committed before a moment, and topics left without any.
  -- Commits wait meanwhile, so it ends early once their messages have 8 MiB.
  CREATE FUNCTION posthorn.prune(
    pruned_category smallint, before_ns bigint, row_limit bigint,
    OUT envelopes bigint, OUT bytes bigint
  ) LANGUAGE plpgsql AS $$
  DECLARE
    sequences bigint[];
    topic_ids bigint[];
    emptied bigint;
    up_to bigint := posthorn.last_before(before_ns);
  BEGIN
    PERFORM 1 FROM posthorn.head FOR UPDATE;
    WITH deleted AS (
      DELETE FROM posthorn.envelopes WHERE sequence = ANY (ARRAY(
        SELECT f.sequence FROM (
          SELECT e.sequence, sum(e.bytes) OVER (ORDER BY e.sequence) - e.bytes AS before FROM (
            SELECT sequence, octet_length(message) AS bytes FROM posthorn.envelopes
              WHERE category = pruned_category AND sequence <= up_to
              ORDER BY category, sequence LIMIT row_limit
          ) e
        ) f WHERE f.before < 8388608))
        RETURNING sequence, topic, octet_length(message) AS bytes
    )
    SELECT count(*), coalesce(sum(d.bytes), 0), coalesce(array_agg(d.sequence), '{}'),
        coalesce(array_agg(DISTINCT d.topic), '{}')
      INTO envelopes, bytes, sequences, topic_ids FROM deleted d;

    UPDATE posthorn.batches b SET pruned = b.pruned + p.rows
      FROM (
        SELECT (SELECT a.height FROM posthorn.batches a WHERE a.last_sequence >= s.sequence
            ORDER BY a.last_sequence LIMIT 1) AS height, count(*) AS rows
          FROM unnest(sequences) s (sequence) GROUP BY 1
      ) p
      WHERE b.height = p.height;

    DELETE FROM posthorn.topics t WHERE t.id = ANY (topic_ids)
      AND NOT EXISTS (SELECT 1 FROM posthorn.envelopes e WHERE e.topic = t.id);
    GET DIAGNOSTICS emptied = ROW_COUNT;
    UPDATE posthorn.head
      SET pruned_envelopes = pruned_envelopes + envelopes, pruned_topics = pruned_topics + emptied
      WHERE envelopes > 0;
  END $$;

  -- The last sequence that was committed before a moment, 0 when there was none.
  CREATE FUNCTION posthorn.last_before(moment_ns bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT last_sequence FROM posthorn.batches WHERE committed_ns < moment_ns
      ORDER BY committed_ns DESC, height DESC LIMIT 1), 0)
  $$;

  -- Changes settings, each key once; a null value removes. Gives the version.
  CREATE FUNCTION posthorn.change_settings(
    keys text[], new_values text[], actor text, note text, at_ns numeric
  ) RETURNS bigint LANGUAGE plpgsql AS $$
  DECLARE
    head posthorn.settings_head;
    old_value text;
    is_changed boolean := false;
  BEGIN
    SELECT * INTO head FROM posthorn.settings_head FOR UPDATE;
    FOR i IN 1 .. cardinality(keys) LOOP
      SELECT value INTO old_value FROM posthorn.settings WHERE key = keys[i];
      CONTINUE WHEN old_value IS NOT DISTINCT FROM new_values[i];
      is_changed := true;
      DELETE FROM posthorn.settings WHERE key = keys[i];
      IF new_values[i] IS NOT NULL THEN
        INSERT INTO posthorn.settings VALUES (keys[i], new_values[i]);
      END IF;
      head.audit_id := head.audit_id + 1;
      INSERT INTO posthorn.audit VALUES (head.audit_id, head.version + 1, at_ns, actor, note,
        keys[i], old_value, new_values[i]);
    END LOOP;
    IF NOT is_changed THEN
      RETURN head.version;
    END IF;
    UPDATE posthorn.settings_head SET version = head.version + 1, audit_id = head.audit_id;
    RETURN head.version + 1;
  END $$;
`
