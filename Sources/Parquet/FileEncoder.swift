/// Encodes for any number of files, a row group of one at a time, with one set of buffers.
///
/// Files that are open together share one, so that what they take does not grow with their number;
/// all of them are then written on one thread.
package final class FileEncoder {
  var chunks: ChunkEncoder

  /// Creates an encoder; throws if the codec has not the level.
  package init(_ options: WriterOptions) throws { chunks = try ChunkEncoder(options) }
}
