// Watches a video: the frames that the page is told of, each with its time and a row of its barcode.
// To look at pictures takes time, and may make the browser drop some. `looking` says at what: at
// "pictures", at their "times" alone, or at "nothing" but stalls and what the browser itself counts.
window.watch = (video, looking) => {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const seen = [];
  const times = [];
  const stalls = [];
  // A frame taken out of the video knows its own time; a callback may come when the next is shown.
  const grab = () => {
    const frame = new VideoFrame(video);
    const { timestamp, displayWidth: width, displayHeight: height } = frame;
    if (canvas.width !== width) canvas.width = width;
    const strip = (Math.min(Math.max(8, Math.floor(width / 32)), Math.floor(height / 4)) >> 1) * 2;
    context.drawImage(frame, 0, height - strip / 2, width, 1, 0, 0, width, 1);
    frame.close();
    const { data } = context.getImageData(0, 0, width, 1);
    let row = "";
    for (let at = 0; at < data.length; at += 4) {
      const luma = 0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2];
      row += String.fromCharCode(Math.round(luma));
    }
    return { microseconds: timestamp, height, row: btoa(row) };
  };
  // When a frame was shown, its metadata knows too; what is taken out of the video may be the next.
  const onFrame = (_, { presentationTime, mediaTime }) => {
    window.listening?.look();
    times.push([presentationTime, mediaTime]);
    if (looking === "pictures") seen.push(grab());
    video.requestVideoFrameCallback(onFrame);
  };
  seen.push(grab());
  if (looking !== "nothing") video.requestVideoFrameCallback(onFrame);
  let started = false;
  video.addEventListener("playing", () => (started = true));
  video.addEventListener("waiting", () => {
    if (started && !video.seeking) stalls.push(video.currentTime);
  });
  return {
    grab,
    report: () => {
      const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
      const all = [...seen, grab()];
      return { seen: all, times, stalls, total: totalVideoFrames, dropped: droppedVideoFrames };
    },
  };
};
