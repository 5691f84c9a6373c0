// The one door of @quorate/systemd.

export {
  type NotifyOptions,
  notifySystemd,
  type SystemdNotifier,
  type WatchedReplica,
} from './notify-systemd.ts'
