// Azurite keeps its index in memory and writes it every five seconds: killed, it would forget what it had confirmed. Preloaded, this writes
// every change of the index to a journal before the answer goes out, and reads the journal when the index is loaded. A journal that has
// come into the index is deleted.
// On a disk without room it takes a body in, keeps a part of it, and never answers: what would not fit is refused first.
const fs = require('fs');
const http = require('http');
const Module = require('module');

const journals = [];

class Journal {
  constructor(database) {
    this.database = database;
    this.prefix = `${database.filename}.journal.`;
    this.number = 1 + Math.max(0, ...this.numbers());
    const { addCollection, loadDatabase, persistenceAdapter: adapter } = database;
    database.addCollection = (name, options) => addCollection.call(database, name, { ...options, disableChangesApi: false });
    database.loadDatabase = (options, done) => loadDatabase.call(database, options, error => {
      if (!error) {
        database.collections.forEach(collection => collection.setChangesApi(true));
        this.replay();
      }

      done(error);
    });
    const write = adapter.saveDatabase;
    adapter.saveDatabase = (name, content, done) => {
      const contained = this.number++;
      write.call(adapter, name, content, error => {
        if (error) {
          // What was not written is still to be written.
          database.collections.forEach(collection => { collection.dirty = true; });
        } else {
          this.numbers().filter(number => number <= contained).forEach(number => fs.rmSync(this.prefix + number));
        }

        done(error);
      });
    };
  }

  // Throws where the disk is full: the changes stay for the next time, which takes another file, for this one may end in half a line.
  flush() {
    const changes = this.database.generateChangesNotification();
    if (changes.length > 0) {
      try {
        fs.appendFileSync(this.prefix + this.number, `${JSON.stringify(changes)}\n`);
      } catch (error) {
        this.number++;
        throw error;
      }

      this.database.clearChanges();
    }
  }

  replay() {
    for (const number of this.numbers()) {
      // What comes after the last line break was confirmed to nobody.
      for (const line of fs.readFileSync(this.prefix + number, 'utf8').split('\n').slice(0, -1)) {
        JSON.parse(line).forEach(change => this.apply(change));
      }
    }

    this.database.clearChanges();
  }

  apply({ name, operation, obj: document }) {
    const collection = this.database.getCollection(name) ?? this.database.addCollection(name);
    const known = collection.get(document.$loki);
    if (operation === 'R') {
      if (known) {
        collection.remove(known);
      }
    } else if (known) {
      collection.update(document);
    } else {
      const last = collection.maxId;
      collection.maxId = document.$loki - 1;
      delete document.$loki;
      collection.insert(document);
      collection.maxId = Math.max(last, collection.maxId);
    }
  }

  numbers() {
    const folder = require('path').dirname(this.prefix);
    const start = this.prefix.slice(folder.length + 1);
    return !fs.existsSync(folder) ? [] : fs.readdirSync(folder)
      .filter(file => file.startsWith(start)).map(file => Number(file.slice(start.length))).sort((a, b) => a - b);
  }
}

const load = Module._load;
Module._load = function (name, ...rest) {
  const loaded = load.call(this, name, ...rest);
  return name !== 'lokijs' ? loaded : new Proxy(loaded, {
    construct(target, parameters) {
      const database = new target(...parameters);
      journals.push(new Journal(database));
      return database;
    },
  });
};

const end = http.ServerResponse.prototype.end;
http.ServerResponse.prototype.end = function (...parameters) {
  try {
    journals.forEach(journal => journal.flush());
  } catch (error) {
    // Without an answer the client tries again: it must not take for stored what is not.
    console.error(`The change cannot be written: ${error.message}`);
    this.destroy();
    return this;
  }

  return end.apply(this, parameters);
};

const folder = process.argv[process.argv.indexOf('--location') + 1];
// For the index and its journal.
const reserve = 8 << 20;

function fits(request) {
  const length = Number(request.headers['content-length'] ?? 0);
  const { bavail, bsize } = fs.statfsSync(folder);
  return length === 0 || length + reserve <= bavail * bsize;
}

function refuse(request, response) {
  const message = `The disk of ${folder} is full.`;
  console.error(message);
  // A client that is still sending does not read the answer.
  request.resume().on('end', () => {
    response.writeHead(507, { 'content-type': 'application/xml', 'x-ms-error-code': 'InsufficientStorage' });
    response.end(`<?xml version="1.0"?><Error><Code>InsufficientStorage</Code><Message>${message}</Message></Error>`);
  });
  return true;
}

const emit = http.Server.prototype.emit;
http.Server.prototype.emit = function (event, request, response) {
  return event === 'request' && request.method === 'PUT' && !fits(request)
    ? refuse(request, response)
    : emit.apply(this, arguments);
};
